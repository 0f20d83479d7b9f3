using System.Collections.Immutable;
using CsCheck;
using IpvlanActors.Domain.Feeds;
using Xunit;
using static IpvlanActors.Tests.Unit.Feeds.FeedWorld;

namespace IpvlanActors.Tests.Unit.Feeds;

public class FeedTests
{
    private static readonly Gen<FeedChange> AnyChange = Gen.Select(Gen.Int[0, 12], Gen.Int[-4, 5]).Select((k, v) => v < 0 ? Drop(k) : Put(k, v));
    private static readonly Gen<ImmutableArray<FeedChange>> AnyChanges = AnyChange.Array[0, 6].Select(c => c.ToImmutableArray());

    [Fact]
    public void Contents_are_equal_when_their_hashes_are_whatever_the_way_to_them()
    {
        Gen.Select(AnyChanges.Array[0, 12], AnyChanges).Sample((steps, last) =>
        {
            var plain = new Dictionary<Octets, Octets>();
            var content = FeedContent.Empty;
            foreach (var step in steps.Append(last))
            {
                content = content.With(step);
                foreach (var change in step)
                {
                    plain.Remove(change.Key);
                    if (change.Value is { } value)
                        plain.Add(change.Key, value);
                }
            }

            Assert.Equal(plain.Count, content.Count);
            Assert.Equal(plain.OrderBy(p => p.Key), content.Items.Select(i => KeyValuePair.Create(i.Key, i.Value)).OrderBy(p => p.Key));
            Assert.All(plain, p => Assert.Equal(p.Value, content.Find(p.Key)));
            var again = FeedContent.Empty.With([.. plain.Reverse().Select(p => new FeedChange(p.Key, p.Value))]);
            Assert.Equal(content.Hash, again.Hash);
            Assert.NotEqual(content.Hash, content.With([Put(99, 1)]).Hash);
            if (plain.Count > 0)
                Assert.NotEqual(content.Hash, content.With([new(plain.First().Key, Octets.Of([7]))]).Hash);
        }, iter: 2_000);
    }

    [Fact]
    public void The_difference_of_two_contents_leads_from_one_to_the_other() => Gen.Select(AnyChanges, AnyChanges).Sample((a, b) =>
    {
        var (from, to) = (FeedContent.Empty.With(a), FeedContent.Empty.With(b));
        var difference = from.To(to);
        Assert.Equal(to.Hash, from.With(difference).Hash);
        Assert.All(difference, d => Assert.NotEqual(d.Value, from.Find(d.Key)));
        Assert.Empty(to.To(to));
    }, iter: 2_000);

    /// <summary>Whatever is lost, repeated or overtaken, and whoever starts again: digests alone bring all to the same end.</summary>
    [Fact]
    public void Any_loss_repetition_reordering_and_restart_converges_by_digests_alone()
    {
        var step = Gen.Select(Gen.Int[0, 11], Gen.Int[0, 50], Gen.Int[0, 2], AnyChanges);
        step.Array[0, 60].Sample(steps =>
        {
            var world = new FeedWorld(readers: 3);
            foreach (var (what, nth, reader, changes) in steps)
            {
                switch (what)
                {
                    case 0 or 1 or 2: world.Change(changes); break;
                    case 3: world.Restart(changes); break;
                    case 4: world.RestartReader(reader); break;
                    case 5 or 6: world.Gossip(reader, nth); break;
                    case 7: world.Ask(reader, nth % 2 == 0 ? null : (reader + 1) % 3); break;
                    case 8: world.Lose(nth); break;
                    default: world.Deliver(nth, keep: what == 9); break;
                }

                Assert.All(world.Readers, r => Assert.Contains(r.Held.Digest, world.History));
            }

            world.Change(Put(1, 1));
            Assert.NotEqual(-1, world.Settle());
            Assert.All(world.Readers, r => Assert.Equal(world.Writer.Digest, r.Held.Digest));
            Assert.All(world.Readers, r => Assert.Equal(world.Writer.Content.Items, r.Held.Content.Items));
        }, iter: 3_000);
    }

    /// <summary>Digests overtake what they are of, and readers ask at any time: what is on its way does not go a second time.</summary>
    [Fact]
    public void Nothing_is_told_twice_when_nothing_was_lost()
    {
        var step = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 50], Gen.Int[0, 2], AnyChanges);
        step.Array[0, 60].Sample(steps =>
        {
            var (world, made) = (new FeedWorld(readers: 3), 0);
            foreach (var (what, digest, reader, changes) in steps)
            {
                switch (what)
                {
                    case 0 or 1: world.Change(changes); made += changes.Length; break;
                    case 2 or 3: world.Gossip(reader, digest); break;
                    case 4 or 5 or 6: world.Ask(reader, other: null); break;
                    default: world.DeliverNext(reader); break;
                }
            }

            Assert.NotEqual(-1, world.Settle());
            Assert.All(world.Sent, sent => Assert.Equal(made, sent));
        }, iter: 3_000);
    }

    [Fact]
    public void Who_has_lost_something_is_told_where_it_leads_to_and_then_what_it_was_once()
    {
        var world = new FeedWorld(readers: 1);
        world.Change(Put(1, 1));
        world.DeliverNext(0);
        world.Change(Put(2, 2));
        world.Lose(0);
        world.Gossip(0, 1);
        world.Ask(0, other: null);
        Assert.Equal(2, world.Sent[0]);
        world.DeliverNext(0);
        Assert.True(world.Readers[0].HasGap);
        world.Ask(0, other: null);
        world.Ask(0, other: null); // impatient: the answer is on its way
        Assert.Equal(3, world.Sent[0]);
        Assert.Equal(0, world.Settle());
        Assert.Equal((3, world.Writer.Digest), (world.Sent[0], world.Readers[0].Held.Digest));
    }

    [Fact]
    public void Who_misses_a_change_is_given_the_change_and_who_has_nothing_the_whole()
    {
        var world = new FeedWorld(readers: 2);
        world.Change([.. Enumerable.Range(0, 500).Select(n => Put(n, n))]);
        world.Deliver(0, keep: false);
        var messages = world.Messages;
        world.Change(Put(1, 7));
        world.Change(Drop(2));
        Assert.Equal(messages + 4, world.Messages);
        Assert.Equal<FeedChange[]>([Put(1, 7), Drop(2)], [.. world.Writer.Since(world.Readers[0].Held.Mark).Changes]);
        Assert.Equal((0, 499), (world.Writer.Since(FeedMark.None).From, world.Writer.Since(FeedMark.None).Changes.Length));
        Assert.Empty(world.Writer.Since(world.Writer.Mark).Changes);
        Assert.Equal(0, world.Writer.Since(new(0, 2)).From);
    }

    [Fact]
    public void A_large_delta_is_several_messages_and_takes_effect_at_once_and_whole()
    {
        var world = new FeedWorld(readers: 1);
        (var feed, var delta) = world.Writer.Change(1, [.. Enumerable.Range(0, 9_000).Select(n => Put(n, n))]);
        var parts = FeedPart.Split(FeedWorld.Id, feed.Digest, delta);
        Assert.Equal(5, parts.Length);
        foreach (var part in parts[..^1])
            Assert.Null(world.Receive(0, part, fromWriter: true));
        Assert.Equal(0, world.Readers[0].Held.Content.Count);
        Assert.Equal(FeedOutcome.Taken, world.Receive(0, parts[^1], fromWriter: true));
        Assert.Equal(9_000, world.Readers[0].Held.Content.Count);

        var lost = new FeedWorld(readers: 1);
        foreach (var part in parts.Where(p => p.Number != 2))
            Assert.Null(lost.Receive(0, part, fromWriter: true));
        Assert.Equal(FeedDigest.None, lost.Readers[0].Held.Digest);
    }

    [Fact]
    public void Messages_are_bounded_in_changes_and_in_bytes()
    {
        var big = Octets.Of(new byte[9_000]);
        var changes = Enumerable.Range(0, 20).Select(n => new FeedChange(Item(n, 0).Key, big)).Concat(Enumerable.Range(20, 5_000).Select(n => Put(n, n)));
        var (feed, delta) = Feed.Start(new(1, 0), []).Change(1, [.. changes]);
        var parts = FeedPart.Split(FeedWorld.Id, feed.Digest, delta);
        Assert.All(parts, p => Assert.InRange(p.Changes.Sum(c => c.Bytes + 8), 0, FeedPart.MaxBytes));
        Assert.All(parts, p => Assert.InRange(p.Changes.Length, 0, FeedPart.MaxChanges));
        Assert.Equal(delta.Changes, parts.SelectMany(p => p.Changes));
    }

    [Fact]
    public void What_is_not_from_the_writer_counts_only_if_it_is_what_the_digest_says()
    {
        var world = new FeedWorld(readers: 2);
        world.Change(Put(1, 1), Put(2, 2));
        world.Deliver(1, keep: false);
        var part = FeedPart.Split(FeedWorld.Id, world.Writer.Digest, world.Readers[1].Held.Since(FeedMark.None))[0];
        Assert.Equal(FeedOutcome.Unproven, world.Receive(0, part, fromWriter: false));
        world.Gossip(0, 0);
        Assert.Equal(FeedOutcome.Broken, world.Receive(0, part with { Changes = [Put(1, 1), Put(2, 3)] }, fromWriter: false));
        Assert.Equal(FeedOutcome.Broken, world.Receive(0, part with { Changes = [Put(1, 1)] }, fromWriter: false));
        Assert.Equal(FeedDigest.None, world.Readers[0].Held.Digest);
        Assert.Equal(FeedOutcome.Taken, world.Receive(0, part, fromWriter: false));
        Assert.Equal(world.Writer.Digest, world.Readers[0].Held.Digest);
        Assert.Equal(FeedOutcome.Old, world.Receive(0, part, fromWriter: true));
    }

    /// <summary>Altered in any field, by whoever relays it: it leads to what the writer said, or to nothing.</summary>
    [Fact]
    public void Forged_deltas_change_nothing()
    {
        var forge = Gen.Select(Gen.Int[0, 6], Gen.Long[-2, 9], AnyChanges);
        Gen.Select(AnyChanges, AnyChanges, forge.Array[1, 10]).Sample((first, second, forgeries) =>
        {
            var world = new FeedWorld(readers: 1);
            world.Change([.. first, Put(50, 1)]);
            world.Deliver(0, keep: false);
            world.Change([.. second, Put(50, 2)]);
            world.Gossip(0, 1);
            foreach (var (field, number, changes) in forgeries)
            {
                var honest = FeedPart.Split(FeedWorld.Id, world.Writer.Digest, world.Writer.Since(number % 2 == 0 ? world.Readers[0].Held.Mark : FeedMark.None))[0];
                world.Receive(0, Forged(honest, field, number, changes), fromWriter: false);
                Assert.Contains(world.Readers[0].Held.Digest, world.History);
            }

            Assert.NotEqual(-1, world.Settle());
            Assert.Equal(world.Writer.Digest, world.Readers[0].Held.Digest);
        }, iter: 3_000);
    }

    [Fact]
    public void More_items_than_a_feed_may_have_are_not_kept()
    {
        var world = new FeedWorld(readers: 1, limit: 10);
        world.Change([.. Enumerable.Range(0, 11).Select(n => Put(n, n))]);
        world.Deliver(0, keep: false);
        Assert.Equal(0, world.Readers[0].Held.Content.Count);
        var (feed, delta) = Feed.Start(new(1, 0), []).Change(1, [.. Enumerable.Range(0, 30_000).Select(n => Put(n, n))]);
        Assert.All(FeedPart.Split(FeedWorld.Id, feed.Digest, delta), p => Assert.Null(world.Receive(0, p, fromWriter: true)));
    }

    [Fact]
    public void Of_two_writers_with_one_mark_everybody_takes_the_same_digest()
    {
        var (one, two) = (Feed.Start(new(1, 1), [Put(1, 1)]).Digest, Feed.Start(new(1, 1), [Put(1, 2)]).Digest);
        var reader = FeedReader.New(10);
        Assert.Equal(reader.Learn(one).Learn(two), reader.Learn(two).Learn(one));
    }

    private static FeedPart Forged(FeedPart honest, int field, long number, ImmutableArray<FeedChange> changes) => field switch
    {
        0 => honest with { Changes = changes },
        1 => honest with { Changes = [.. honest.Changes, .. changes] },
        2 => honest with { From = number },
        3 => honest with { Digest = honest.Digest with { Count = (int)number } },
        4 => honest with { Digest = honest.Digest with { Mark = new(number, 9) } },
        5 => honest with { Digest = honest.Digest with { Hash = FeedContent.Empty.With(changes).Hash }, Changes = changes },
        _ => honest with { Number = (int)(number & 3), Count = 1 + (int)(number & 1) },
    };
}
