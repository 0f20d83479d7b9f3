using System.Net.ServerSentEvents;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Ctl.Commands;

/// <summary>What a node shows, kept up to date by its stream; and how much has happened lately.</summary>
/// <param name="clock">Seconds, from any beginning.</param>
internal sealed class NodePicture(Func<double> clock)
{
    /// <summary>Rates are over so many seconds.</summary>
    public const double Window = 10;

    private const int Recent = 5;
    private readonly Dictionary<(string Kind, string Key), StateMessage> _state = [];
    private readonly Queue<(double At, string Name)> _lately = new();

    /// <summary>All that there was has been told; what comes is news.</summary>
    public bool IsLive { get; private set; }

    /// <summary>The connection is gone; what is here is what it last was.</summary>
    public bool IsStale { get; set; }

    public NodeState? Node => All("node").Select(s => s.Node).FirstOrDefault();

    public IEnumerable<MemberDetail> Hosts => All("host").Select(s => s.Host).OfType<MemberDetail>().OrderBy(h => h.Host, StringComparer.Ordinal);

    public IEnumerable<NetworkSummary> Networks => All("network").Select(s => s.Network).OfType<NetworkSummary>().OrderBy(n => n.Name, StringComparer.Ordinal);

    public IEnumerable<BlockDetail> Blocks => All("block").Select(s => s.Block).OfType<BlockDetail>();

    public IEnumerable<EndpointSummary> Endpoints => All("endpoint").Select(s => s.Endpoint).OfType<EndpointSummary>();

    public IEnumerable<RouteDetail> Routes => All("route").Select(s => s.Route).OfType<RouteDetail>();

    /// <summary>The newest last.</summary>
    public Queue<JournalMessage> Last { get; } = new();

    /// <exception cref="System.Text.Json.JsonException">It is not what it says it is.</exception>
    public void Take(SseItem<string> item)
    {
        IsStale = false;
        switch (item.EventType)
        {
            case EventNames.Reset:
                _state.Clear();
                break;
            case EventNames.State:
                Take(Session.Read(item.Data, c => c.StateMessage));
                break;
            case EventNames.Journal:
                Take(Session.Read(item.Data, c => c.JournalMessage));
                break;
            case EventNames.Live:
                IsLive = true;
                break;
        }
    }

    /// <summary>A second, of events with this name; none: of all.</summary>
    public double Rate(string? name = null)
    {
        while (_lately.TryPeek(out var oldest) && oldest.At < clock() - Window)
            _lately.Dequeue();
        return _lately.Count(e => name is null || e.Name == name) / Window;
    }

    private void Take(StateMessage message)
    {
        if (message.Gone == true)
            _state.Remove((message.Kind, message.Key));
        else
            _state[(message.Kind, message.Key)] = message;
    }

    private void Take(JournalMessage message)
    {
        _lately.Enqueue((clock(), message.Name));
        Last.Enqueue(message);
        while (Last.Count > Recent)
            Last.Dequeue();
    }

    private IEnumerable<StateMessage> All(string kind) => _state.Values.Where(s => s.Kind == kind);
}
