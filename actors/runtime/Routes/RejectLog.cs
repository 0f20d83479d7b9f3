using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Runtime.Mesh;

namespace IpvlanActors.Runtime.Routes;

/// <summary>Something that a peer told was rejected. Published once for each; it changed nothing.</summary>
/// <param name="What">The prefix, or the message.</param>
/// <param name="Code">One of <see cref="RejectCodes"/>, or a <see cref="Domain.Feeds.FeedOutcome"/> in small letters.</param>
public sealed record RouteRejected(string Origin, string What, string Code, string Reason) : INoSerializationVerificationNeeded;

/// <summary>
/// Counts rejections, publishes them, and logs the first of a crowd. What the registry's word may cure, which comes another
/// way and may come later, is counted only if it is still so at the second look.
/// </summary>
internal sealed class RejectLog(EventStream events, ILoggingAdapter log)
{
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>So many lines between two looks; the rest is counted, and said as a number.</summary>
    private const int MaxLines = 10;

    private readonly Dictionary<(HostId, RouteKey), (RouteVerdict Verdict, int Looks)> _unsettled = [];
    private int _lines;
    private int _unsaid;

    public ImmutableSortedDictionary<string, long> Counts { get; private set; } = RouteBoard.Empty.Rejected;

    public void Add(ImmutableArray<RouteVerdict> rejected)
    {
        foreach (var verdict in rejected)
        {
            if (RejectCodes.MayCome(verdict.Code))
                _unsettled[(verdict.Origin, verdict.Ad.Key)] = (verdict, 0);
            else
                Add(verdict);
        }
    }

    public void Unreadable(HostId origin, ImmutableArray<string> problems)
    {
        foreach (var problem in problems)
            Add(new RouteRejected(origin.ToString(), "a route", RejectCodes.Unreadable, problem));
    }

    public void Refused(FeedRefused refused) => Add(new RouteRejected(
        refused.From, $"{refused.Feed} {refused.Mark}", refused.Why.ToString().ToLowerInvariant(), "it is not what the feed's writer says"));

    public void Settle(RouteTable table)
    {
        if (_unsaid > 0)
            log.Warning("and {Count} more routes or route messages rejected: ipvlanctl route ls shows those that still are", _unsaid);
        (_lines, _unsaid) = (0, 0);
        foreach (var (key, (verdict, looks)) in _unsettled.ToList())
        {
            var now = table.Verdicts.GetValueOrDefault(key.Item1)?.GetValueOrDefault(key.Item2);
            if (now?.Code != verdict.Code || now.Ad != verdict.Ad)
                _unsettled.Remove(key);
            else if (looks == 0)
                _unsettled[key] = (verdict, 1);
            else if (_unsettled.Remove(key))
                Add(now);
        }
    }

    private void Add(RouteVerdict verdict) =>
        Add(new RouteRejected(verdict.Origin.ToString(), verdict.Ad.Prefix.ToString(), verdict.Code, verdict.Reason));

    private void Add(RouteRejected rejected)
    {
        Counts = Counts.SetItem(rejected.Code, Counts.GetValueOrDefault(rejected.Code) + 1);
        events.Publish(rejected);
        if (_lines++ < MaxLines)
            log.Warning("route rejected: {What} from {Origin}: {Reason}", rejected.What, rejected.Origin, rejected.Reason);
        else
            _unsaid++;
    }
}
