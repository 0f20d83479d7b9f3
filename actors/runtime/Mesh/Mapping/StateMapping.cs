using System.Runtime.Serialization;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;
using static IpvlanActors.Runtime.Mesh.Mapping.ValuesMapping;

namespace IpvlanActors.Runtime.Mesh.Mapping;

/// <summary>The registry's catalogue, and what a host has seen of it.</summary>
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

    public static Wire.WitnessRequest ToProto(WitnessRequest m) => new() { Part = checked((uint)m.Part) };

    public static WitnessRequest ToDomain(Wire.WitnessRequest p) =>
        new(p.Part <= int.MaxValue ? (int)p.Part : throw new SerializationException($"{p.Part} is no part"));

    public static Wire.Witness ToProto(Witness m) => new() { Host = m.Host.ToBytes(), Part = FeedMapping.ToProto(new FeedTold(m.Part)) };

    public static Witness ToDomain(Wire.Witness p) => new(p.Host.ToHostId(), FeedMapping.ToDomain(Present(p.Part, "part")).Part);

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

    private static Wire.Block Block(Prefix prefix, long epoch) => new() { Prefix = prefix.ToBytes(), Epoch = Counter(epoch, "epoch") };

    private static KeyValuePair<Prefix, long> Read(Wire.Block block) => new(block.Prefix.ToPrefix(), Counter(block.Epoch, "epoch"));
}
