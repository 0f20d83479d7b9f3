namespace IpvlanActors.Tests.Lab.Support;

/// <summary>The physical network: hosts whose eth0 are ports of one switch that carries every VLAN, and a router if asked for.</summary>
public sealed class Underlay : IAsyncDisposable
{
    private readonly List<Netns> _all;
    private readonly Netns _switch;

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

    public async ValueTask DisposeAsync()
    {
        foreach (var space in Enumerable.Reverse(_all))
            await space.DisposeAsync();
    }

    private async Task Wire((string Name, string[] Addresses)[] hosts)
    {
        await Netns.Batch([
            $"link add br0 netns {_switch.Name} type bridge",
            .. Hosts.Select((h, i) => $"link add eth0 netns {h.Name} type veth peer name p{i} netns {_switch.Name}"),
        ]);
        await _switch.Ip(["link set br0 up", .. Hosts.Select((_, i) => $"link set p{i} master br0 up")]);
        foreach (var (space, plan) in Hosts.Zip(hosts))
            await space.Ip(["link set lo up", "link set eth0 up", .. plan.Addresses.Select(a => GiveAddress(a, "eth0"))]);
    }

    /// <summary>IPv6 without duplicate detection, which would take a second; nobody else is here.</summary>
    private static string GiveAddress(string address, string device) =>
        $"addr add {address} dev {device}{(address.Contains(':', StringComparison.Ordinal) ? " nodad" : "")}";
}
