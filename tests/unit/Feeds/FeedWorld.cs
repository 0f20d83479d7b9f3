using System.Collections.Immutable;
using IpvlanActors.Domain.Feeds;

namespace IpvlanActors.Tests.Unit.Feeds;

/// <summary>One writer, some readers, and a network between them that loses, repeats and reorders what it is told to.</summary>
internal sealed class FeedWorld(int readers, int limit = 100_000)
{
    public static readonly FeedId Id = FeedId.Catalogue;

    private readonly List<(int To, FeedPart Part, bool FromWriter)> _wire = [];
    private readonly FeedAssembly[,] _assemblies = Assemblies(readers);
    private readonly FeedTelling[] _told = [.. Enumerable.Repeat(FeedTelling.Nothing, readers)];
    private long _incarnation = 1;

    public Feed Writer { get; private set; } = Feed.Start(new(1, 0), []);

    public FeedReader[] Readers { get; } = [.. Enumerable.Repeat(FeedReader.New(limit), readers)];

    /// <summary>Every state that the writer ever had.</summary>
    public HashSet<FeedDigest> History { get; } = [FeedDigest.None, new(new(1, 0), 0, FeedContent.Empty.Hash)];

    public List<FeedDigest> Digests { get; } = [];

    public int Messages { get; private set; }

    /// <summary>How many changes went to each reader, those that went twice counted twice.</summary>
    public int[] Sent { get; } = new int[readers];

    public static FeedItem Item(int key, int value) => new(Octets.Of(BitConverter.GetBytes(key)), Octets.Of(BitConverter.GetBytes(value)));

    public static FeedChange Put(int key, int value) => new(Item(key, value).Key, Item(key, value).Value);

    public static FeedChange Drop(int key) => new(Item(key, 0).Key, null);

    /// <summary>The writer changes, and says so to all.</summary>
    public void Change(params ImmutableArray<FeedChange> changes)
    {
        (Writer, var delta) = Writer.Change(Writer.Mark.Version + 1, changes);
        Wrote();
        for (var reader = 0; reader < Readers.Length; reader++)
            Send(reader, delta, fromWriter: true);
    }

    /// <summary>The writer forgets what it told, and comes back with something else or the same.</summary>
    public void Restart(params ImmutableArray<FeedChange> items)
    {
        Writer = Feed.Start(new(++_incarnation, 1), items);
        Wrote();
    }

    public void RestartReader(int reader)
    {
        Readers[reader] = FeedReader.New(limit);
        (_assemblies[reader, 0], _assemblies[reader, 1]) = (FeedAssembly.Nothing, FeedAssembly.Nothing);
    }

    /// <summary>A digest of any age comes by.</summary>
    public void Gossip(int reader, int digest)
    {
        if (Digests.Count > 0)
            Readers[reader] = Readers[reader].Learn(Digests[digest % Digests.Count]);
    }

    /// <summary>A reader that misses something asks the writer, or another reader.</summary>
    public void Ask(int reader, int? other)
    {
        if (Readers[reader].Wants is not { } have)
            return;
        if (other is { } relay)
        {
            Send(reader, Readers[relay].Held.Since(have), fromWriter: false, Readers[relay].Held.Digest);
            return;
        }

        if (Writer.Answer(have, Readers[reader].Seen, _told[reader]) is not { } answer)
            return;
        _told[reader] = _told[reader].With(answer, have);
        Send(reader, answer, fromWriter: true);
    }

    public void Deliver(int nth, bool keep)
    {
        if (_wire.Count == 0)
            return;
        var (to, part, fromWriter) = _wire[nth % _wire.Count];
        if (!keep)
            _wire.RemoveAt(nth % _wire.Count);
        Receive(to, part, fromWriter);
    }

    /// <summary>The next message to a reader, in the order of telling.</summary>
    public void DeliverNext(int reader)
    {
        if (_wire.FindIndex(m => m.To == reader) is var next and >= 0)
            Deliver(next, keep: false);
    }

    public void Lose(int nth)
    {
        if (_wire.Count > 0)
            _wire.RemoveAt(nth % _wire.Count);
    }

    public FeedOutcome? Receive(int to, FeedPart part, bool fromWriter)
    {
        if (fromWriter)
            Readers[to] = Readers[to].Pass(part);
        ref var assembly = ref _assemblies[to, fromWriter ? 0 : 1];
        (assembly, var whole) = assembly.Add(part, limit);
        if (whole is null)
            return null;
        (Readers[to], var outcome, _) = Readers[to].Take(whole, part.Digest, fromWriter);
        return outcome;
    }

    /// <summary>From now on nothing is lost, and digests come by: how often each reader had to ask until all agree.</summary>
    public int Settle()
    {
        for (var round = 0; round < 20; round++)
        {
            while (_wire.Count > 0)
                Deliver(0, keep: false);
            for (var reader = 0; reader < Readers.Length; reader++)
                Gossip(reader, Digests.Count - 1);
            if (Readers.All(r => r.Wants is null))
                return round;
            for (var reader = 0; reader < Readers.Length; reader++)
                Ask(reader, round % 3 == 2 ? (reader + 1) % Readers.Length : null);
        }

        return -1;
    }

    private void Wrote()
    {
        History.Add(Writer.Digest);
        Digests.Add(Writer.Digest);
    }

    private void Send(int to, FeedDelta delta, bool fromWriter, FeedDigest? says = null)
    {
        foreach (var part in FeedPart.Split(Id, says ?? Writer.Digest, delta))
        {
            _wire.Add((to, part, fromWriter));
            Messages++;
            Sent[to] += part.Changes.Length;
            if (fromWriter)
                _told[to] = _told[to] with { To = part.Digest.Mark };
        }
    }

    private static FeedAssembly[,] Assemblies(int readers)
    {
        var all = new FeedAssembly[readers, 2];
        for (var n = 0; n < readers; n++)
            (all[n, 0], all[n, 1]) = (FeedAssembly.Nothing, FeedAssembly.Nothing);
        return all;
    }
}
