using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Watching;
using Wire = IpvlanActors.Client.Wire;

namespace IpvlanActors.Runtime.Clients;

/// <summary>This house's answers, as services get them.</summary>
internal static class ClientReplies
{
    /// <summary>A hundred sentences of a node in trouble could be more than fits.</summary>
    private const int MaxProblems = 32_000;

    public static Wire.Reply Refused(Refusal reason) => Of(new Refused(reason));

    public static Wire.Reply Of(object answer, Boards boards) => answer switch
    {
        Refused refused => Of(refused),
        NetworkReply reply => new() { Named = new() { Id = reply.Network.Value, Name = reply.Name } },
        EndpointReply reply => new() { Endpoint = Of(reply.Endpoint, boards) },
        _ => throw new InvalidOperationException($"unexpected answer {answer.GetType().Name}"),
    };

    public static Wire.Reply Of(WatchReply reply, NodeContext node)
    {
        var news = new Wire.News
        {
            Host = node.HostName,
            HostId = node.Host.ToString(),
            Events = { reply.Events.Select(Of) },
            State = { reply.State.Select(c => Of(c.Kind, c.Key, c.Value, node.Boards)) },
            EventsReset = reply.EventsReset,
            StateReset = reply.StateReset,
            More = reply.More,
        };
        if (reply.EventsMark is not null)
            news.EventsMark = reply.EventsMark;
        if (reply.StateMark is not null)
            news.StateMark = reply.StateMark;
        return new() { News = news };
    }

    /// <summary>One event alone is too large: whoever follows goes on without what is in it, rather than not at all.</summary>
    public static Wire.Reply Shortened(Wire.Reply reply)
    {
        foreach (var told in reply.News?.Events ?? [])
            told.Json = "";
        return reply;
    }

    /// <param name="shown">Null: it is no more.</param>
    public static Wire.Item Of(ShownKind kind, string key, Shown? shown, Boards boards)
    {
        var item = new Wire.Item { Kind = (uint)kind, Key = key };
        switch (shown)
        {
            case NodeShown n:
                item.Node = Of(n);
                break;
            case HostShown h:
                item.Host = Of(h);
                break;
            case NetworkShown n:
                item.Network = Of(n);
                break;
            case BlockShown b:
                item.Block = Of(b);
                break;
            case EndpointShown e:
                item.Endpoint = Of(e.State, boards);
                break;
            case RouteShown r:
                item.Route = Of(r);
                break;
            default:
                break;
        }

        return item;
    }

    public static Wire.Node Of(NodeShown n)
    {
        var (problems, size) = (new List<string>(), 0);
        foreach (var problem in n.Problems)
        {
            size += problem.Length;
            if (size > MaxProblems)
                break;
            problems.Add(problem);
        }

        return new() { Name = n.Name, Id = n.Id.ToString(), Incarnation = n.Incarnation, State = n.State, Problems = { problems } };
    }

    public static Wire.Network Of(NetworkShown n) => new()
    {
        Id = n.Id.Value,
        Name = n.Name,
        Mode = n.Mode,
        Parent = n.Parent,
        Subnets = { n.Subnets.Select(s => s.ToString()) },
        Endpoints = n.Endpoints,
        State = n.State,
        Reason = n.Reason,
    };

    public static Wire.Endpoint Of(EndpointState e, Boards boards) => new()
    {
        Id = e.Endpoint.Value,
        Name = e.Name,
        NetworkId = e.Network.Value,
        Network = Showing.NetworkName(e.Network, boards),
        Addresses = { e.Addresses.Select(a => a.ToString()) },
        Interface = e.Interface.Value ?? "",
        Netns = e.Sandbox?.Path ?? "",
        State = Showing.Word(e.Stage),
        Reason = e.Reason,
        CreatedMs = e.Created.ToUnixTimeMilliseconds(),
        Routes = { Showing.RoutesOf(e, boards).Select(r => r.ToString()) },
    };

    public static Wire.Subnet Of(SubnetSpec s) => new()
    {
        Prefix = s.Prefix.ToString(),
        Gateway = s.Gateway?.ToString() ?? "",
        IpRange = s.Range?.ToString() ?? "",
        AuxAddresses = { s.Reserved.Select(r => new Wire.Pair { Key = r.Key, Value = r.Value.ToString() }) },
        DefaultPool = s.IsDefault,
    };

    public static IEnumerable<Wire.Pair> Pairs(IEnumerable<KeyValuePair<string, string>> pairs) =>
        pairs.Select(p => new Wire.Pair { Key = p.Key, Value = p.Value });

    /// <summary>As a contact is written; the actor system's name is for this house.</summary>
    public static string WithoutSystem(string address) => address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..];

    private static Wire.Reply Of(Refused refused) =>
        new() { Refused = new() { Reasons = { refused.Reasons.Select(r => new Wire.Reason { Code = r.Code, Text = r.Text }) } } };

    private static Wire.Host Of(HostShown h) => new()
    {
        Name = h.Name,
        Id = h.Id?.ToString() ?? "",
        Address = WithoutSystem(h.Address),
        Status = h.Status,
        Reachable = h.Reachable,
        Registry = h.Registry,
        Blocks = h.Blocks,
        Routes = h.Routes,
        CopyOf = WithoutSystem(h.CopyOf),
        State = h.State,
        Why = h.Why,
    };

    private static Wire.Block Of(BlockShown b)
    {
        var block = new Wire.Block
        {
            NetworkId = b.Network.Value,
            Network = b.NetworkName,
            Prefix = b.Block.ToString(),
            HostId = b.Host.ToString(),
            Host = b.HostName,
            Epoch = b.Epoch,
        };
        if (b.Used is { } used)
            block.Used = used;
        return block;
    }

    private static Wire.Route Of(RouteShown r) => new()
    {
        Prefix = r.Prefix.ToString(),
        NetworkId = r.Network.Value,
        Network = r.NetworkName,
        HostId = r.Host.ToString(),
        Host = r.HostName,
        NextHop = r.NextHop,
        Device = r.Device,
        State = r.State,
        Kernel = r.Kernel,
        Reason = r.Reason,
    };

    private static Wire.Event Of(JournalChange c) => new()
    {
        Cursor = c.Cursor,
        AtMs = c.At.ToUnixTimeMilliseconds(),
        By = c.By.ToString(),
        PersistenceId = c.PersistenceId,
        SequenceNr = c.SequenceNr,
        Name = c.Name,
        Text = c.Text,
        Json = c.Json,
        NetworkId = c.Network?.Value ?? "",
        EndpointId = c.Endpoint?.Value ?? "",
    };
}
