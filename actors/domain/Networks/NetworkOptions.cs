using System.Collections.Immutable;
using System.Globalization;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Domain.Networks;

/// <summary>The driver options (<c>-o key=value</c>) of a network, read.</summary>
internal sealed record NetworkOptions(
    IpvlanMode Mode, IpvlanFlag Flag, ParentChoice Parents, bool NoGateway, NetworkSettings Settings)
{
    public const string ModeKey = "ipvlan_mode";
    public const string FlagKey = "ipvlan_flag";
    public const string Parent = "parent";
    public const string ParentAt = "parent@";
    public const string ParentIn = "parent_in";
    public const string Host = "host";
    public const string Container = "container";
    public const string Mtu = "mtu";
    public const string Gateway = "gateway";
    public const string BlockSize = "block_size";
    public const string BlockSize6 = "block_size6";
    public const string Originate = "originate";
    public const string None = "none";
    public const string DefaultRoute = "default_route";
    public const string Yes = "yes";
    public const string No = "no";

    /// <summary>net/ethernet: a device's least MTU; the kernel's own words are "mtu less than device minimum".</summary>
    private const int MinMtu = 68;
    private const int MaxMtu = 65535;

    private static readonly string[] Known =
        [Parent, ParentAt + "HOST", ParentIn, ModeKey, FlagKey, Mtu, Gateway, BlockSize, BlockSize6, Originate, DefaultRoute];

    public static NetworkOptions Read(ImmutableSortedDictionary<string, string> options, List<Refusal> refusals)
    {
        foreach (var key in options.Keys.Where(k => !IsKnown(k)))
        {
            refusals.Add(new(RefusalCodes.OptionUnknown, $"'{key}' is not an option of ipvlan networks; there are {string.Join(", ", Known)}."));
        }

        var originate = options.GetValueOrDefault(Originate, "active");
        if (originate is not ("active" or "always"))
            refusals.Add(Invalid(Originate, originate, "say active (while an endpoint is there; the default) or always"));
        var gateway = options.GetValueOrDefault(Gateway, "");
        if (gateway is not ("" or None))
            refusals.Add(Invalid(Gateway, gateway, "the only value is none; an address is given by --gateway"));
        var route = options.GetValueOrDefault(DefaultRoute, Yes);
        if (route is not (Yes or No))
            refusals.Add(Invalid(DefaultRoute, route, $"say yes (containers get their default route by this network; the default, but with {ParentIn}={Container}) or no"));

        return new(
            ReadMode(options.GetValueOrDefault(ModeKey, ""), refusals),
            ReadFlag(options.GetValueOrDefault(FlagKey, ""), refusals),
            ReadParents(options, refusals),
            gateway == None,
            new(
                ReadNumber(options, Mtu, MinMtu, MaxMtu, refusals),
                ReadNumber(options, BlockSize, 1, 32, refusals),
                ReadNumber(options, BlockSize6, 1, 128, refusals),
                originate == "always"));
    }

    private static bool IsKnown(string key) => Known.Contains(key) || key.StartsWith(ParentAt, StringComparison.Ordinal);

    private static IpvlanMode ReadMode(string text, List<Refusal> refusals)
    {
        switch (text)
        {
            case "" or "l2":
                return IpvlanMode.L2;
            case "l3":
                return IpvlanMode.L3;
            case "l3s":
                return IpvlanMode.L3S;
            default:
                refusals.Add(new(RefusalCodes.OptionInvalid,
                    $"requested ipvlan mode '{text}' is not valid, 'l2' mode is the ipvlan driver default: say l2, l3 or l3s."));
                return IpvlanMode.L2;
        }
    }

    private static IpvlanFlag ReadFlag(string text, List<Refusal> refusals)
    {
        switch (text)
        {
            case "" or "bridge":
                return IpvlanFlag.Bridge;
            case "private":
                return IpvlanFlag.Private;
            case "vepa":
                return IpvlanFlag.Vepa;
            default:
                refusals.Add(new(RefusalCodes.OptionInvalid,
                    $"requested ipvlan flag '{text}' is not valid, 'bridge' is the ipvlan driver default: say bridge, private or vepa."));
                return IpvlanFlag.Bridge;
        }
    }

    private static ParentChoice ReadParents(ImmutableSortedDictionary<string, string> options, List<Refusal> refusals)
    {
        var name = options.GetValueOrDefault(Parent, "");
        CheckParent(Parent, name, refusals);
        var byHost = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in options.Where(o => o.Key.StartsWith(ParentAt, StringComparison.Ordinal)))
        {
            if (key.Length == ParentAt.Length || value.Length == 0)
                refusals.Add(Invalid(key, value, "say parent@HOST=LINK with a host's name and one of its links"));
            CheckParent(key, value, refusals);
            byHost[key[ParentAt.Length..]] = value;
        }

        var where = options.GetValueOrDefault(ParentIn, Host);
        if (where is not (Host or Container))
            refusals.Add(Invalid(ParentIn, where, "say host (the default) or container (the parent is a link of each container, and there before it joins)"));
        var parents = new ParentChoice(name, byHost.ToImmutable()) { InContainer = where == Container };
        if (parents is { InContainer: true, IsNone: true })
            refusals.Add(new(RefusalCodes.ParentMissing, $"{ParentIn}={Container} needs a parent: say {Parent}=LINK, as the containers call it, or {Parent}={ParentChoice.Auto} for that of their default route."));
        if (parents.InContainer && options.TryGetValue(Originate, out var originate))
            refusals.Add(Invalid(Originate, originate, $"with {ParentIn}={Container} no routes are told to other hosts, since none knows where a link inside a container leads; leave {Originate} out"));
        return parents;
    }

    private static void CheckParent(string key, string name, List<Refusal> refusals)
    {
        if (name is "" or ParentChoice.Auto)
            return;
        if (name == "lo")
        {
            refusals.Add(new(RefusalCodes.ParentInvalid,
                $"{key}=lo: the loopback interface is not a valid ipvlan parent link; name an Ethernet link, or leave parent out for an isolated network."));
        }
        else if (!LinkName.TryParse(name, out _))
        {
            refusals.Add(new(RefusalCodes.ParentInvalid,
                $"{key}={name}: not a link name; a name has 1 to {LinkName.MaxBytes} bytes without '/', ':' or white space."));
        }
    }

    private static int? ReadNumber(
        ImmutableSortedDictionary<string, string> options, string key, int min, int max, List<Refusal> refusals)
    {
        if (!options.TryGetValue(key, out var text))
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
            return value;
        refusals.Add(Invalid(key, text, $"say a number from {min} to {max}"));
        return null;
    }

    private static Refusal Invalid(string key, string value, string wayOut) =>
        new(RefusalCodes.OptionInvalid, $"{key}={value} is not valid: {wayOut}.");
}
