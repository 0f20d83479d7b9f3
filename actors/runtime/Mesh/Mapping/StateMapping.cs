using System.Collections.Immutable;
using System.Runtime.Serialization;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Routes;
using static IpvlanActors.Runtime.Mesh.Mapping.ValuesMapping;

namespace IpvlanActors.Runtime.Mesh.Mapping;

/// <summary>What one writer publishes to all: the catalogue, a host's route set, and the marks of both.</summary>
internal static class StateMapping
{
    public static Wire.CatalogueRequest ToProto(CatalogueRequest _) => new();

    public static CatalogueRequest ToDomain(Wire.CatalogueRequest _) => new();

    public static Wire.CatalogueUpdate ToProto(CatalogueUpdate m) => new()
    {
        Version = Counter(m.Catalogue.Version, "version"),
        Hosts = { m.Catalogue.Hosts.OrderBy(h => h.Key).Select(h => ToProto(h.Key, h.Value)) },
        Networks = { m.Catalogue.Networks.OrderBy(n => n.Key).Select(n => ToProto(n.Key, n.Value)) },
    };

    public static CatalogueUpdate ToDomain(Wire.CatalogueUpdate p) => new(new Catalogue(
        Counter(p.Version, "version"),
        p.Hosts.Select(h => KeyValuePair.Create(h.Id.ToHostId(), ToDomain(h))).Sorted(Comparer<HostId>.Default, "hosts"),
        p.Networks.Select(n => KeyValuePair.Create(n.Id.ToNetworkId(), ToDomain(n))).Sorted(Comparer<NetworkId>.Default, "networks")));

    public static Wire.WitnessRequest ToProto(WitnessRequest _) => new();

    public static WitnessRequest ToDomain(Wire.WitnessRequest _) => new();

    public static Wire.Witness ToProto(Witness m) => new() { Host = m.Host.ToBytes(), Catalogue = ToProto(new CatalogueUpdate(m.Catalogue)) };

    public static Witness ToDomain(Wire.Witness p) => new(p.Host.ToHostId(), ToDomain(Present(p.Catalogue, "catalogue")).Catalogue);

    public static Wire.RouteSetRequest ToProto(RouteSetRequest _) => new();

    public static RouteSetRequest ToDomain(Wire.RouteSetRequest _) => new();

    public static Wire.RouteSetUpdate ToProto(RouteSetUpdate m) => new()
    {
        Host = m.Set.Host.ToBytes(),
        Incarnation = Counter(m.Set.Incarnation, "incarnation"),
        Version = Counter(m.Set.Version, "version"),
        Runs = { Runs(m.Set.Routes) },
    };

    public static RouteSetUpdate ToDomain(Wire.RouteSetUpdate p) => new(new RouteSet(
        p.Host.ToHostId(), Counter(p.Incarnation, "incarnation"), Counter(p.Version, "version"), [.. p.Runs.SelectMany(Routes)]));

    public static Wire.VersionMark ToProto(VersionMark m) => new() { Incarnation = m.Incarnation, Version = m.Version };

    public static VersionMark ToDomain(Wire.VersionMark p) => p.Incarnation >= -1 && p.Version >= -1
        ? new(p.Incarnation, p.Version)
        : throw new SerializationException($"({p.Incarnation}, {p.Version}) is no mark");

    public static Wire.VersionMarkKey ToProto(VersionMarkKey m) => new() { Id = m.Id };

    public static VersionMarkKey ToDomain(Wire.VersionMarkKey p) => new(NotEmpty(p.Id, "key"));

    public static Wire.Host ToProto(HostId id, KnownHost host) =>
        new() { Id = id.ToBytes(), Name = host.Name, Incarnation = Counter(host.Incarnation, "incarnation") };

    public static KnownHost ToDomain(Wire.Host host) => new(host.Name, Counter(host.Incarnation, "incarnation"));

    public static Wire.Network ToProto(NetworkId id, CatalogueEntry entry) => new()
    {
        Id = id.ToBytes(),
        Spec = entry.Spec.ToProto(),
        CreatedUnixMs = entry.Created.ToMilliseconds(),
        Owners = { entry.Blocks.GroupBy(b => b.Value.Host).OrderBy(o => o.Key).Select(ToProto) },
        LastEpoch = Counter(entry.LastEpoch, "epoch"),
    };

    public static CatalogueEntry ToDomain(Wire.Network network) =>
        new(network.Spec.ToDomain(), network.CreatedUnixMs.ToTime(), Blocks(network), Counter(network.LastEpoch, "epoch"));

    private static Wire.Owner ToProto(IGrouping<HostId, KeyValuePair<Prefix, BlockOwner>> owner) => new()
    {
        Host = owner.Key.ToBytes(),
        Blocks = { owner.OrderBy(b => b.Key).Select(b => Block(b.Key, b.Value.Epoch)) },
    };

    private static PrefixMap<BlockOwner> Blocks(Wire.Network network)
    {
        var owners = network.Owners.Select(o => KeyValuePair.Create(o.Host.ToHostId(), o)).Sorted(Comparer<HostId>.Default, "owners");
        var blocks = new Dictionary<Prefix, BlockOwner>();
        foreach (var (host, owner) in owners)
        {
            foreach (var (prefix, epoch) in NotEmpty(owner.Blocks, "blocks").Select(Read).Sorted(Comparer<Prefix>.Default, "blocks"))
            {
                if (!blocks.TryAdd(prefix, new(host, epoch)))
                    throw new SerializationException($"block {prefix} has two owners");
            }
        }

        return blocks.ToPrefixMap();
    }

    private static List<Wire.RouteRun> Runs(ImmutableArray<RouteAd> routes)
    {
        var runs = new List<Wire.RouteRun>();
        var last = default(RouteAd);
        foreach (var route in routes)
        {
            if (runs.Count == 0 || route.Network != last.Network || route.NextHop != last.NextHop)
                runs.Add(new() { Network = route.Network.ToBytes(), NextHop = route.NextHop.ToBytes() });
            runs[^1].Routes.Add(Block(route.Prefix, route.Epoch));
            last = route;
        }

        return runs;
    }

    private static IEnumerable<RouteAd> Routes(Wire.RouteRun run)
    {
        var (network, nextHop) = (run.Network.ToNetworkId(), run.NextHop.ToIp());
        return NotEmpty(run.Routes, "routes").Select(Read).Select(r => new RouteAd(network, r.Key, r.Value, nextHop));
    }

    private static Wire.Block Block(Prefix prefix, long epoch) => new() { Prefix = prefix.ToBytes(), Epoch = Counter(epoch, "epoch") };

    private static KeyValuePair<Prefix, long> Read(Wire.Block block) => new(block.Prefix.ToPrefix(), Counter(block.Epoch, "epoch"));
}
