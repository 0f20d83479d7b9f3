using System.Collections.Immutable;
using Google.Protobuf.Collections;
using IpvlanActors.Runtime.Watching;
using Wire = IpvlanActors.Client.Wire;

namespace IpvlanActors.Runtime.Clients;

/// <summary>What services ask, in this house's words.</summary>
internal static class ClientCommands
{
    /// <summary>More events or things would hardly fit into one message.</summary>
    private const int MaxLimit = 100;

    /// <returns>Null: it is no command.</returns>
    public static INodeCommand? Of(Wire.Request request) => request.AskCase switch
    {
        Wire.Request.AskOneofCase.CreateNetwork => Of(request.CreateNetwork),
        Wire.Request.AskOneofCase.RemoveNetwork => new RemoveNetworkCommand(request.RemoveNetwork.Network),
        Wire.Request.AskOneofCase.JoinEndpoint => Of(request.JoinEndpoint),
        Wire.Request.AskOneofCase.LeaveEndpoint => new LeaveEndpointCommand(request.LeaveEndpoint.Endpoint),
        Wire.Request.AskOneofCase.RemoveEndpoint => new RemoveEndpointCommand(request.RemoveEndpoint.Endpoint),
        _ => null,
    };

    /// <summary>What begins now does not wait: news that came meanwhile must not be lost with an answer that gets lost.</summary>
    public static WatchCommand Of(Wire.Follow f) => new()
    {
        Events = f.HasEvents ? f.Events : null,
        State = f.HasState ? f.State : null,
        Network = f.Network,
        Endpoint = f.Endpoint,
        Kinds = [.. f.Kinds.Where(k => k <= byte.MaxValue).Select(k => (ShownKind)k)],
        Limit = f.Limit is > 0 and < MaxLimit ? (int)f.Limit : MaxLimit,
        Wait = f.HasEvents && f.Events == WatchCommand.Now ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Min(f.WaitMs, WatchCommand.MaxWait.TotalMilliseconds)),
    };

    private static CreateNetworkCommand Of(Wire.CreateNetwork n) => new(new()
    {
        Name = n.Name,
        Subnets = [.. n.Subnets],
        Gateways = [.. n.Gateways],
        Ranges = [.. n.IpRanges],
        AuxAddresses = [.. n.AuxAddresses.Select(p => KeyValuePair.Create(p.Key, p.Value))],
        Internal = n.Internal,
        Ipv4 = !n.NoIpv4,
        Options = Sorted(n.Options),
        Labels = Sorted(n.Labels),
    })
    {
        Key = OrNone(n.Key),
    };

    private static JoinEndpointCommand Of(Wire.JoinEndpoint e) => new(
        e.Network, e.Netns, OrNone(e.Name), OrNone(e.Ip), OrNone(e.Ip6), e.Interface.Length > 0 ? e.Interface : "eth0")
    {
        Addresses = [.. e.Addresses],
        Key = OrNone(e.Key),
    };

    private static string? OrNone(string text) => text.Length > 0 ? text : null;

    /// <summary>Of two with one key the last counts.</summary>
    private static ImmutableSortedDictionary<string, string> Sorted(RepeatedField<Wire.Pair> pairs) =>
        ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal).SetItems(pairs.Select(p => KeyValuePair.Create(p.Key, p.Value)));
}
