using IpvlanActors.Client.Messages;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Runtime.Watching;
using Wire = IpvlanActors.Client.Wire;

namespace IpvlanActors.Runtime.Clients;

/// <summary>What services ask that is read off the boards.</summary>
internal static class ClientLists
{
    /// <summary>Leaves room for the rest of the message.</summary>
    private const int MaxPage = ClientProtocol.MaxBytes * 3 / 4;

    private const int MaxItems = 1000;

    public static Wire.Reply Answer(Wire.Request request, NodeContext node) => request.AskCase switch
    {
        Wire.Request.AskOneofCase.List => List(request.List, node),
        Wire.Request.AskOneofCase.Network => Network(request.Network.Network, node.Boards),
        Wire.Request.AskOneofCase.Endpoint => Endpoint(request.Endpoint.Endpoint, node.Boards),
        Wire.Request.AskOneofCase.Cluster => new() { Cluster = new() { Self = ClientReplies.Of(Showing.Node(node)), Registry = ClientReplies.WithoutSystem(node.Boards.Cluster.Current.Registry ?? "") } },
        _ => ClientReplies.Refused(new(RefusalCodes.RequestUnknown, $"host {node.HostName} does not know what it was asked: the client is newer than its ipvland; bring that up to date.")),
    };

    /// <summary>By key, so that a page goes on where the last one ended, whatever came and went meanwhile.</summary>
    private static Wire.Reply List(Wire.List list, NodeContext node)
    {
        if (All((ShownKind)Math.Min(list.Kind, byte.MaxValue), node) is not { } all)
            return ClientReplies.Refused(new(RefusalCodes.RequestUnknown, $"host {node.HostName} has no list of kind {list.Kind}: the client is newer than its ipvland; bring that up to date."));
        if (list.Network.Length > 0)
        {
            var (network, refusal) = References.Network(list.Network, node.Boards);
            if (refusal is not null)
                return ClientReplies.Refused(refusal);
            all = all.Where(s => s.OfNetwork == network);
        }

        return new() { Page = Page(all.Where(s => list.After.Length == 0 || string.CompareOrdinal(s.Key, list.After) > 0), list.Limit, node.Boards) };
    }

    private static Wire.Page Page(IEnumerable<Shown> all, uint limit, Boards boards)
    {
        var page = new Wire.Page();
        var (max, bytes) = (limit is > 0 and < MaxItems ? (int)limit : MaxItems, 0);
        foreach (var shown in all.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            var item = ClientReplies.Of(shown.Kind, shown.Key, shown, boards);
            bytes += item.CalculateSize() + 4; // its tag and length
            if (page.Items.Count == max || (bytes > MaxPage && page.Items.Count > 0))
            {
                page.Next = page.Items[^1].Key;
                break;
            }

            page.Items.Add(item);
        }

        return page;
    }

    private static IEnumerable<Shown>? All(ShownKind kind, NodeContext node) => kind switch
    {
        ShownKind.Node => [Showing.Node(node)],
        ShownKind.Host => ShownHosts.Of(node.Boards),
        ShownKind.Network => Showing.Networks(node.Boards),
        ShownKind.Block => Showing.Blocks(node.Boards),
        ShownKind.Endpoint => Showing.Endpoints(node.Boards),
        ShownKind.Route => ShownRoutes.Of(node),
        _ => null,
    };

    private static Wire.Reply Endpoint(string text, Boards boards)
    {
        var (endpoint, refusal) = References.Endpoint(text, boards);
        return endpoint is null ? ClientReplies.Refused(refusal!) : new() { Endpoint = ClientReplies.Of(endpoint, boards) };
    }

    private static Wire.Reply Network(string text, Boards boards)
    {
        var (id, refusal) = References.Network(text, boards);
        return refusal is null && Showing.Networks(boards).FirstOrDefault(n => n.Id == id) is { } shown
            ? new() { Network = Detail(shown, id, boards) }
            : ClientReplies.Refused(refusal ?? new(RefusalCodes.NetworkUnknown, $"network {text} has just been removed."));
    }

    private static Wire.NetworkDetail Detail(NetworkShown shown, NetworkId id, Boards boards)
    {
        var here = boards.View.Current.Networks.GetValueOrDefault(id);
        var entry = boards.Catalogue.Current.Networks.GetValueOrDefault(id);
        var spec = here?.Spec ?? entry!.Spec;
        var (_, kind, made) = Showing.Parent(id, spec, boards);
        return new()
        {
            Network = ClientReplies.Of(shown),
            CreatedMs = (here?.Created ?? entry!.Created).ToUnixTimeMilliseconds(),
            Flag = Showing.Word(spec.Flag),
            Internal = spec.Internal,
            Mtu = (uint)(spec.Settings.Mtu ?? 0),
            ParentKind = kind,
            ParentMade = made,
            Subnets = { spec.Subnets.Select(ClientReplies.Of) },
            Options = { ClientReplies.Pairs(spec.Options) },
            Labels = { ClientReplies.Pairs(spec.Labels) },
        };
    }
}
