using System.Text.Json;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Runtime.Watching;

namespace IpvlanActors.Daemon.Http;

/// <summary>What a node shows, as the contract has it: the same in lists and in the stream.</summary>
internal static class ContractForm
{
    public static NetworkSummary Of(NetworkShown n) => new(n.Id.Value, n.Name, n.Mode, n.Parent, [.. n.Subnets.Select(s => s.ToString())], n.Endpoints, n.State)
    {
        Reason = n.Reason,
        ParentKind = n.ParentKind,
    };

    public static BlockDetail Of(BlockShown b) => new(b.Block.ToString(), b.HostName, b.Host.ToString(), b.Epoch, b.Used)
    {
        Network = b.NetworkName,
        NetworkId = b.Network.Value,
    };

    public static EndpointSummary Of(EndpointShown e) => Of(e.State, e.NetworkName);

    public static EndpointSummary Of(EndpointState e, string network) => new(
        e.Endpoint.Value, e.Name, network, [.. e.Addresses.Select(a => a.ToString())], Showing.Word(e.Stage), e.Sandbox?.Path ?? "")
    {
        NetworkId = e.Network.Value,
        Reason = e.Reason,
    };

    public static RouteDetail Of(RouteShown r) => new(
        r.Prefix.ToString(), r.NetworkName, r.HostName, r.NextHop, r.Device, r.State, r.Kernel, r.Reason)
    {
        NetworkId = r.Network.Value,
        HostId = r.Host.ToString(),
    };

    public static MemberDetail Of(HostShown h) =>
        new(h.Name, h.Id?.ToString() ?? "", h.Address, h.Status, h.Reachable, h.Registry, h.Blocks, h.Routes, h.CopyOf, h.State, h.Why);

    public static NodeState Of(NodeShown n) => new(n.Name, n.Id.ToString(), n.Incarnation, n.State, n.Problems);

    public static JournalMessage Of(JournalChange c)
    {
        using var data = JsonDocument.Parse(c.Json);
        return new(c.Cursor, c.At, c.By.ToString(), c.PersistenceId, c.SequenceNr, c.Name, c.Text, data.RootElement.Clone())
        {
            NetworkId = c.Network?.Value,
            EndpointId = c.Endpoint?.Value,
        };
    }

    public static StateMessage Of(StateChange change)
    {
        var message = new StateMessage(Showing.Word(change.Kind), change.Key) { Gone = change.Value is null ? true : null };
        return change.Value switch
        {
            NodeShown n => message with { Node = Of(n) },
            HostShown h => message with { Host = Of(h) },
            NetworkShown n => message with { Network = Of(n) },
            BlockShown b => message with { Block = Of(b) },
            EndpointShown e => message with { Endpoint = Of(e) },
            RouteShown r => message with { Route = Of(r) },
            _ => message,
        };
    }
}
