using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Ipam;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Runtime.Kernel;
using IpvlanActors.Runtime.Networks;

namespace IpvlanActors.Runtime;

/// <summary>Reads what somebody typed to join an endpoint, or says everything that is wrong with it.</summary>
internal static class JoinReader
{
    private const int MaxNameLength = 128;
    private const int MaxAddresses = 32;
    private const string HostNamespace = "/proc/self/ns/net";

    public static (Join? Join, ImmutableArray<Refusal> Refusals) Read(JoinEndpointCommand command, NetworkId network, EndpointId endpoint)
    {
        var refusals = new List<Refusal>();
        var name = string.IsNullOrEmpty(command.Name) ? endpoint.Short : command.Name;
        if (name.Length > MaxNameLength || !char.IsAsciiLetterOrDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-'))
            refusals.Add(new(RefusalCodes.NameInvalid, $"'{name}' is not an endpoint name: 1 to {MaxNameLength} letters, digits, '_', '.' or '-', the first a letter or digit."));
        if (!LinkName.TryParse(command.Interface, out var link) || command.Interface == "lo")
            refusals.Add(new(RefusalCodes.InterfaceNameInvalid, $"--ifname {command.Interface} cannot be used: a link name has 1 to {LinkName.MaxBytes} bytes without '/', ':' or white space, and is not lo."));
        var wishes = ReadWishes(command, refusals);
        var routes = ReadRoutes(command.Routes, refusals);
        return refusals.Count > 0
            ? (null, [.. refusals])
            : (new(network, endpoint, name, wishes, null!, link) { Routes = routes, MustBeNew = command.MustBeNew }, []);
    }

    public static (Create? Create, ImmutableArray<Refusal> Refusals) Read(CreateEndpointCommand command, NetworkId network)
    {
        var refusals = new List<Refusal>();
        if (!string.IsNullOrEmpty(command.Mac))
            refusals.Add(new(RefusalCodes.OptionInvalid, $"ipvlan interfaces do not support custom mac address assignment: all share their parent's; leave {command.Mac} out."));
        var ip4 = ReadAddress("address", command.Ip, IpFamily.V4, refusals);
        var ip6 = ReadAddress("address", command.Ip6, IpFamily.V6, refusals);
        if (ip4 is null && ip6 is null && refusals.Count == 0)
            refusals.Add(new(RefusalCodes.NoFamily, "an endpoint needs an address: take an IPAM driver that gives one."));
        return refusals.Count > 0 ? (null, [.. refusals]) : (new(network, command.Endpoint, ip4, ip6, command.BringsDefault), []);
    }

    public static async Task<(Sandbox? Sandbox, Refusal? Refusal)> FindSandbox(string netns, KernelLanes lanes)
    {
        var path = PathOf(netns);
        if (path is null)
            return (null, new(RefusalCodes.SandboxInvalid, $"--netns {netns} is no network namespace: say a path, a name under /run/netns, or pid:N."));
        var (asked, askedOwn) = (lanes.Identify(path), lanes.Identify(HostNamespace)); // at once: every join waits for this
        var found = await asked;
        if (found.Sandbox is null)
            return (null, new(RefusalCodes.SandboxInvalid, $"--netns {netns} is not a network namespace: {found.Fault!.Text}; make the namespace first (ip netns add NAME), or say a path, a name under /run/netns, or pid:N."));
        var own = await askedOwn;
        return own.Sandbox?.Inode == found.Sandbox.Inode
            ? (null, new(RefusalCodes.SandboxInvalid, $"--netns {netns} is the host's own namespace: an endpoint needs one of its own."))
            : (found.Sandbox, null);
    }

    private static string? PathOf(string netns)
    {
        const string Pid = "pid:";
        if (netns.StartsWith(Pid, StringComparison.Ordinal))
            return uint.TryParse(netns.AsSpan(Pid.Length), out var pid) ? $"/proc/{pid}/ns/net" : null;
        if (netns.Contains('/', StringComparison.Ordinal))
            return netns.StartsWith('/') ? netns : null;
        return netns is "" or "." or ".." ? null : "/run/netns/" + netns;
    }

    private static ImmutableArray<Prefix> ReadWishes(JoinEndpointCommand command, List<Refusal> refusals)
    {
        var ip4 = ReadAddress("--ip", command.Ip, IpFamily.V4, refusals);
        var ip6 = ReadAddress("--ip6", command.Ip6, IpFamily.V6, refusals);
        if (command.Addresses is not { Length: > 0 } all)
            return AddressWishes.OfEachFamily(ip4, ip6);
        if (!string.IsNullOrEmpty(command.Ip) || !string.IsNullOrEmpty(command.Ip6))
            refusals.Add(new(RefusalCodes.AddressInvalid, "--address says all addresses, so --ip and --ip6 cannot be said beside it: name those by --address too."));
        if (all.Length > MaxAddresses)
            refusals.Add(new(RefusalCodes.AddressInvalid, $"--address: {all.Length} addresses are too many for one link: ask for {MaxAddresses} at most."));
        var wishes = all.Select(text => ReadWish(text, refusals)).OfType<Prefix>().ToImmutableArray();
        foreach (var twice in wishes.Where(w => w.IsSingle).GroupBy(w => w).Where(g => g.Skip(1).Any()))
            refusals.Add(new(RefusalCodes.AddressInvalid, $"--address {AddressWishes.Words(twice.Key)} is said twice: a link has an address once."));
        return wishes;
    }

    private static Prefix? ReadWish(string text, List<Refusal> refusals)
    {
        if (!text.Contains('/', StringComparison.Ordinal))
            return ReadAddress("--address", text, text.Contains(':', StringComparison.Ordinal) ? IpFamily.V6 : IpFamily.V4, refusals) is { } ip ? Prefix.Single(ip) : null;
        if (Prefix.TryParseExact(text, out var prefix) && !prefix.IsSingle)
            return prefix;
        refusals.Add(new(RefusalCodes.AddressInvalid, $"--address {text}: say an address without a length, a subnet of the network for any address of it, or 0.0.0.0/0 or ::/0 for any."));
        return null;
    }

    private static GivenRoutes? ReadRoutes(ImmutableArray<string>? texts, List<Refusal> refusals)
    {
        if (texts is not { } all)
            return null;
        var routes = new List<GivenRoute>(all.Length);
        foreach (var text in all)
        {
            if (!GivenRoute.TryParse(text, out var route))
                refusals.Add(new(RefusalCodes.RouteInvalid, $"route {text}: write it like 10.0.0.0/8, or 10.0.0.0/8 via 10.1.0.1; prefix and gateway of one family, no host bits."));
            else if (routes.Exists(r => r.Destination == route.Destination))
                refusals.Add(new(RefusalCodes.RouteInvalid, $"route {text}: {route.Destination} has one already; give one per prefix."));
            else
                routes.Add(route);
        }

        return new([.. routes]);
    }

    private static Ip? ReadAddress(string flag, string? text, IpFamily family, List<Refusal> refusals)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (!Ip.TryParse(text, out var ip) || ip.Family != family)
        {
            refusals.Add(new(RefusalCodes.AddressInvalid, $"{flag} {text}: invalid {family.Name()} address."));
            return null;
        }

        if (ip.IsUnspecified || ip.IsLoopback || ip.IsMulticast || ip.IsLinkLocal)
        {
            refusals.Add(new(RefusalCodes.AddressInvalid, $"{flag} {text}: an unspecified, loopback, multicast or link-local address cannot be given to an endpoint; take one of the network's subnets."));
            return null;
        }

        return ip;
    }
}
