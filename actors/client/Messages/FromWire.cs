using Google.Protobuf.Collections;

namespace IpvlanActors.Client.Messages;

/// <summary>What a node answered, as a service sees it. Nothing of it is judged: a node may be newer, and say more or other things.</summary>
internal static class FromWire
{
    public static IReadOnlyList<RefusalReason> Reasons(Wire.Refused refused) => refused.Reasons.Count > 0
        ? [.. refused.Reasons.Select(r => new RefusalReason(r.Code, r.Text))]
        : [new("not-ready", "the node refused and gave no reason: see its log.")];

    public static NetworkRef Ref(Wire.NetworkNamed network) => new(network.Id, network.Name);

    public static NetworkDetail Detail(Wire.NetworkDetail d) => new()
    {
        Network = d.Network is null ? new() : Network(d.Network, d.Network.Id),
        Created = Time(d.CreatedMs),
        Flag = d.Flag,
        Internal = d.Internal,
        Mtu = d.Mtu == 0 ? null : (int)d.Mtu,
        ParentKind = d.ParentKind,
        ParentMade = d.ParentMade,
        Subnets = [.. d.Subnets.Select(Subnet)],
        Options = Pairs(d.Options),
        Labels = Pairs(d.Labels),
    };

    public static News News(Wire.News n, FollowFrom asked) => new()
    {
        Host = n.Host,
        HostId = n.HostId,
        Events = [.. n.Events.Select(Event)],
        State = [.. n.State.Where(IsKnown).Select(i => new StateChange((ItemKind)i.Kind, i.Key, Item(i)))],
        EventsReset = n.EventsReset,
        StateReset = n.StateReset,
        More = n.More,
        Next = asked with
        {
            Events = n.HasEventsMark ? n.EventsMark : asked.Events,
            State = n.HasStateMark ? n.StateMark : asked.State,
        },
    };

    /// <summary>A kind that this version does not know, or one whose form it does not, is left out, not taken for gone.</summary>
    private static bool IsKnown(Wire.Item item) =>
        item.Kind is >= (uint)ItemKind.Node and <= (uint)ItemKind.Route
        && (item.ValueCase == Wire.Item.ValueOneofCase.None || Item(item)!.Kind == (ItemKind)item.Kind);

    /// <returns>Null: it is no more, or of a kind that this version does not know.</returns>
    public static ItemInfo? Item(Wire.Item item) => item.ValueCase switch
    {
        Wire.Item.ValueOneofCase.Node => Node(item.Node, item.Key),
        Wire.Item.ValueOneofCase.Host => Host(item.Host, item.Key),
        Wire.Item.ValueOneofCase.Network => Network(item.Network, item.Key),
        Wire.Item.ValueOneofCase.Block => Block(item.Block, item.Key),
        Wire.Item.ValueOneofCase.Endpoint => Endpoint(item.Endpoint, item.Key),
        Wire.Item.ValueOneofCase.Route => Route(item.Route, item.Key),
        _ => null,
    };

    public static NodeInfo Node(Wire.Node n, string key) => new()
    {
        Key = key,
        Name = n.Name,
        Id = n.Id,
        Incarnation = n.Incarnation,
        State = n.State,
        Problems = [.. n.Problems],
    };

    public static EndpointInfo Endpoint(Wire.Endpoint e, string key) => new()
    {
        Key = key,
        Id = e.Id,
        Name = e.Name,
        NetworkId = e.NetworkId,
        Network = e.Network,
        Addresses = [.. e.Addresses],
        Interface = e.Interface,
        Netns = e.Netns,
        State = e.State,
        Reason = e.Reason,
        Created = Time(e.CreatedMs),
        Routes = [.. e.Routes],
    };

    private static HostInfo Host(Wire.Host h, string key) => new()
    {
        Key = key,
        Name = h.Name,
        Id = h.Id,
        Address = h.Address,
        Status = h.Status,
        Reachable = h.Reachable,
        Registry = h.Registry,
        Blocks = h.Blocks,
        Routes = h.Routes,
        CopyOf = h.CopyOf,
        State = h.State,
        Why = h.Why,
    };

    private static NetworkInfo Network(Wire.Network n, string key) => new()
    {
        Key = key,
        Id = n.Id,
        Name = n.Name,
        Mode = n.Mode,
        Parent = n.Parent,
        Subnets = [.. n.Subnets],
        Endpoints = n.Endpoints,
        State = n.State,
        Reason = n.Reason,
    };

    private static BlockInfo Block(Wire.Block b, string key) => new()
    {
        Key = key,
        NetworkId = b.NetworkId,
        Network = b.Network,
        Block = b.Prefix,
        HostId = b.HostId,
        Host = b.Host,
        Epoch = b.Epoch,
        Used = b.HasUsed ? b.Used : null,
    };

    private static RouteInfo Route(Wire.Route r, string key) => new()
    {
        Key = key,
        Prefix = r.Prefix,
        NetworkId = r.NetworkId,
        Network = r.Network,
        HostId = r.HostId,
        Host = r.Host,
        NextHop = r.NextHop,
        Device = r.Device,
        State = r.State,
        Kernel = r.Kernel,
        Reason = r.Reason,
    };

    private static EventInfo Event(Wire.Event e) => new()
    {
        Cursor = e.Cursor,
        At = Time(e.AtMs),
        By = e.By,
        PersistenceId = e.PersistenceId,
        SequenceNr = e.SequenceNr,
        Name = e.Name,
        Text = e.Text,
        Json = e.Json,
        NetworkId = e.NetworkId,
        EndpointId = e.EndpointId,
    };

    private static SubnetInfo Subnet(Wire.Subnet s) => new()
    {
        Prefix = s.Prefix,
        Gateway = s.Gateway,
        IpRange = s.IpRange,
        AuxAddresses = Pairs(s.AuxAddresses),
        IsDefault = s.DefaultPool,
    };

    /// <summary>Of two with one key the last counts, as in protobuf's own maps.</summary>
    private static Dictionary<string, string> Pairs(RepeatedField<Wire.Pair> pairs)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
            map[pair.Key] = pair.Value;
        return map;
    }

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(
        milliseconds, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
}
