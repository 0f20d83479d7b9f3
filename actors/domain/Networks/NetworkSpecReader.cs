using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Domain.Networks;

/// <summary>
/// Reads a <see cref="NetworkRequest"/> into a <see cref="NetworkSpec"/>, or says everything that is wrong with it: each
/// refusal names the input, the rule and the way out.
/// </summary>
public static class NetworkSpecReader
{
    private const int MaxNameLength = 64;

    /// <returns>The spec, or null and at least one refusal.</returns>
    public static (NetworkSpec? Spec, ImmutableArray<Refusal> Refusals) Read(NetworkRequest request)
    {
        var refusals = new List<Refusal>();
        CheckName(request.Name, refusals);
        var options = NetworkOptions.Read(request.Options, refusals);
        var subnets = SubnetReader.Read(request, options.NoGateway, refusals);
        CheckFamilies(request, refusals);
        if (request.Internal && options.Parents.InContainer)
            refusals.Add(new(RefusalCodes.OptionInvalid, $"--internal and {NetworkOptions.ParentIn}={NetworkOptions.Container} exclude each other: an internal network is on a link that each host makes; leave one of them out."));
        CheckMtu(options.Settings.Mtu, subnets, refusals);
        CheckBlockLengths(options.Settings, subnets, refusals);
        if (refusals.Count > 0)
            return (null, [.. refusals]);

        var wantsDefault = request.Ipv4 && !subnets.Any(s => s.Prefix.Family == IpFamily.V4);
        return (new NetworkSpec(
            request.Name, options.Mode, options.Flag, request.Internal, options.Parents, subnets, wantsDefault,
            options.Settings, request.Options, request.Labels), []);
    }

    /// <summary>What the registry makes of a spec that wants a default subnet.</summary>
    public static NetworkSpec WithDefaultSubnet(this NetworkSpec spec, Prefix pool)
    {
        var subnet = SubnetReader.Default(pool, spec.Options.GetValueOrDefault(NetworkOptions.Gateway) == NetworkOptions.None);
        return spec with { Subnets = spec.Subnets.Insert(0, subnet), WantsDefaultSubnet = false };
    }

    private static void CheckName(string name, List<Refusal> refusals)
    {
        var ok = name.Length is > 0 and <= MaxNameLength && char.IsAsciiLetterOrDigit(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
        if (!ok)
        {
            refusals.Add(new(RefusalCodes.NameInvalid,
                $"'{name}' is not a network name: 1 to {MaxNameLength} letters, digits, '_', '.' or '-', the first a letter or digit."));
        }
    }

    private static void CheckFamilies(NetworkRequest request, List<Refusal> refusals)
    {
        if (request.Ipv4)
            return;
        if (request.Subnets.IsEmpty)
        {
            refusals.Add(new(RefusalCodes.NoFamily,
                "--ipv4=false without an IPv6 subnet leaves no addresses at all: add --subnet with an IPv6 prefix."));
        }

        foreach (var subnet in request.Subnets.Where(s => Prefix.TryParse(s, out var p) && p.Family == IpFamily.V4))
        {
            refusals.Add(new(RefusalCodes.NoFamily, $"--ipv4=false and the IPv4 subnet {subnet} exclude each other: leave one of them out."));
        }
    }

    private static void CheckMtu(int? mtu, ImmutableArray<SubnetSpec> subnets, List<Refusal> refusals)
    {
        // RFC 8200 section 5: IPv6 needs links of at least 1280; the kernel takes IPv6 off a link with less.
        const int MinIpv6Mtu = 1280;
        if (mtu < MinIpv6Mtu && subnets.Any(s => s.Prefix.Family == IpFamily.V6))
        {
            refusals.Add(new(RefusalCodes.OptionInvalid,
                $"mtu={mtu} is too small for the network's IPv6 subnet: IPv6 needs {MinIpv6Mtu} or more."));
        }
    }

    private static void CheckBlockLengths(NetworkSettings settings, ImmutableArray<SubnetSpec> subnets, List<Refusal> refusals)
    {
        foreach (var subnet in subnets)
        {
            var v4 = subnet.Prefix.Family == IpFamily.V4;
            var length = v4 ? settings.BlockLength4 : settings.BlockLength6;
            if (length < subnet.Prefix.Length)
            {
                refusals.Add(new(RefusalCodes.OptionInvalid,
                    $"{(v4 ? NetworkOptions.BlockSize : NetworkOptions.BlockSize6)}={length} is larger than the subnet {subnet.Prefix}: " +
                    $"a block is a part of a subnet, so say {subnet.Prefix.Length} or more."));
            }
        }
    }
}
