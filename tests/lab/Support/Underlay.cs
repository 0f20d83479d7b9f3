namespace IpvlanActors.Tests.Lab.Support;

/// <summary>The physical network: hosts whose eth0 are ports of one switch that carries every VLAN, and a router if asked for.</summary>
public sealed class Underlay : IAsyncDisposable
{
    private readonly List<Netns> _all;
    private readonly Netns _switch;
    private bool _cuttable;

    private Underlay(Netns[] all)
    {
        _all = [.. all];
        _switch = all[0];
        Hosts = all[1..];
    }

    public IReadOnlyList<Netns> Hosts { get; }

    public static async Task<Underlay> Make(params (string Name, string[] Addresses)[] hosts)
    {
        var underlay = new Underlay(await Netns.Make(["sw", .. hosts.Select(h => h.Name)]));
        try
        {
            await underlay.Wire(hosts);
            return underlay;
        }
        catch
        {
            await underlay.DisposeAsync();
            throw;
        }
    }

    /// <summary>A router with an address on each VLAN (null: untagged). It forwards only when told to.</summary>
    public async Task<Netns> AddRouter(params (int? Vlan, string Address)[] addresses)
    {
        var router = (await Netns.Make("router"))[0];
        _all.Add(router);
        await Netns.Batch($"link add eth0 netns {router.Name} type veth peer name router netns {_switch.Name}");
        await _switch.Ip("link set router master br0 up");
        var vlans = addresses.Select(a => a.Vlan).OfType<int>().Distinct();
        await router.Ip([
            "link set lo up",
            "link set eth0 up",
            .. vlans.SelectMany(id => new[] { $"link add link eth0 name eth0.{id} type vlan id {id}", $"link set eth0.{id} up" }),
            .. addresses.Select(a => GiveAddress(a.Address, a.Vlan is { } id ? $"eth0.{id}" : "eth0")),
        ]);
        return router;
    }

    /// <summary>Pulls a host's cable, or plugs it in again.</summary>
    public Task Plug(int host, bool inOrOut) => _switch.Ip($"link set p{host} {(inOrOut ? "up" : "down")}");

    /// <summary>What the switch carries to and from a host, whatever the host itself sends: what is larger it drops, and tells nobody.</summary>
    public Task Carry(int host, int mtu) => _switch.Ip($"link set p{host} mtu {mtu}");

    /// <summary>A host's eth0 is gone, with all that hung on it: its addresses, the routes over it, slaves and sub-interfaces.</summary>
    public Task Unwire(int host) => _switch.Ip($"link del p{host}");

    /// <summary>It is back under the same name and MAC, with these addresses; whatever else there was is not.</summary>
    public async Task Rewire(int host, params string[] addresses)
    {
        await Netns.Batch(Cable(host));
        await _switch.Ip($"link set p{host} master br0 up");
        await Hosts[host].Ip([$"link set eth0 address {Mac(host)}", "link set eth0 up", .. addresses.Select(a => GiveAddress(a, "eth0"))]);
        if (_cuttable)
            await _switch.Tc($"qdisc add dev p{host} clsact");
    }

    /// <summary>
    /// From now on exactly these are cut, one way: of what one host sends, nothing reaches the other; or, of agents, only
    /// what belongs to the TCP port does not.
    /// </summary>
    public async Task Cut(params (int From, int To, int? Port)[] cuts)
    {
        var before = _cuttable ? Hosts.Select((_, i) => $"qdisc del dev p{i} clsact") : [];
        _cuttable = true;
        await _switch.Tc([.. before, .. Hosts.Select((_, i) => $"qdisc add dev p{i} clsact"), .. cuts.SelectMany(c => Filters(c.From, c.To, c.Port))]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var space in Enumerable.Reverse(_all))
            await space.DisposeAsync();
    }

    private async Task Wire((string Name, string[] Addresses)[] hosts)
    {
        await Netns.Batch([
            $"link add br0 netns {_switch.Name} type bridge",
            .. Hosts.Select((_, i) => Cable(i)),
        ]);
        await _switch.Ip(["link set br0 up", .. Hosts.Select((_, i) => $"link set p{i} master br0 up")]);
        for (var i = 0; i < hosts.Length; i++)
            await Hosts[i].Ip(["link set lo up", $"link set eth0 address {Mac(i)}", "link set eth0 up", .. hosts[i].Addresses.Select(a => GiveAddress(a, "eth0"))]);
    }

    private string Cable(int host) => $"link add eth0 netns {Hosts[host].Name} type veth peer name p{host} netns {_switch.Name}";

    /// <summary>Known beforehand, since a filter on the switch can tell by nothing else where a frame comes from: slaves share it.</summary>
    private static string Mac(int host) => $"02:00:00:00:00:{host + 1:x2}";

    private static IEnumerable<string> Filters(int from, int to, int? port)
    {
        var frames = $"filter add dev p{to} egress protocol";
        var sender = $"flower src_mac {Mac(from)}";
        if (port is null)
            return [$"{frames} all pref 1 {sender} action drop"];
        return
        [
            $"{frames} ip pref 1 {sender} ip_proto tcp dst_port {port} action drop",
            $"{frames} ip pref 2 {sender} ip_proto tcp src_port {port} action drop",
        ];
    }

    /// <summary>IPv6 without duplicate detection, which would take a second; nobody else is here.</summary>
    private static string GiveAddress(string address, string device) =>
        $"addr add {address} dev {device}{(address.Contains(':', StringComparison.Ordinal) ? " nodad" : "")}";
}
