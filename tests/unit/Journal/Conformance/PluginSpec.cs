using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.TestKit;

namespace IpvlanActors.Tests.Unit.Journal.Conformance;

/// <summary>Speaks Akka.Persistence's own protocol with a plug-in, as a persistent actor would.</summary>
public abstract class PluginSpec(Plugin plugin)
{
    private static int _ids;

    protected Plugin Plugin { get; } = plugin;

    /// <summary>An id that no other test uses: the tests of a class share their plug-in's files.</summary>
    protected string Id { get; } = $"test-{Interlocked.Increment(ref _ids)}";

    protected TestProbe CreateTestProbe() => Plugin.Kit.CreateTestProbe();

    protected IActorRef Journal => Persistence.Instance.Apply(Plugin.System).JournalFor(null);

    protected static AtomicWrite Atomic(string id, params ReadOnlySpan<(long Nr, object Event)> events)
    {
        var messages = ImmutableList.CreateBuilder<IPersistentRepresentation>();
        foreach (var (nr, @event) in events)
            messages.Add(new Persistent(@event, nr, id, sender: ActorRefs.NoSender, writerGuid: "writer"));
        return new(messages.ToImmutable());
    }

    protected static Noted Event(long nr) => new($"event {nr}");

    /// <summary>Writes events of an id, each by itself, in one request; they must be acknowledged.</summary>
    protected Task Written(string id, long from, long to) =>
        Acknowledged(CreateTestProbe(), [.. Enumerable.Range((int)from, (int)(to - from + 1)).Select(nr => Atomic(id, (nr, Event(nr))))]);

    protected async Task Acknowledged(TestProbe probe, params AtomicWrite[] writes)
    {
        Ask(probe, writes);
        await Acknowledgement(probe, writes);
    }

    protected void Ask(TestProbe probe, params AtomicWrite[] writes) => Journal.Tell(new WriteMessages(writes, probe, actorInstanceId: 7), probe);

    protected static async Task Acknowledgement(TestProbe probe, params AtomicWrite[] writes)
    {
        await probe.ExpectMsgAsync<WriteMessagesSuccessful>();
        for (var i = 0; i < writes.Sum(w => w.Size); i++)
            await probe.ExpectMsgAsync<WriteMessageSuccess>();
    }

    /// <summary>A write that storage refuses: all that was asked for at once fails, and the reason is told.</summary>
    protected static async Task<Exception> Failure(TestProbe probe, params AtomicWrite[] writes)
    {
        var failed = await probe.ExpectMsgAsync<WriteMessagesFailed>();
        for (var i = 0; i < writes.Sum(w => w.Size); i++)
            await probe.ExpectMsgAsync<WriteMessageFailure>();
        return failed.Cause;
    }

    protected async Task<(ImmutableArray<IPersistentRepresentation> Events, long Highest)> Replayed(
        string id, long from = 1, long to = long.MaxValue, long max = long.MaxValue)
    {
        var probe = CreateTestProbe();
        Journal.Tell(new ReplayMessages(from, to, max, id, probe), probe);
        return await Replay(probe);
    }

    protected static async Task<(ImmutableArray<IPersistentRepresentation> Events, long Highest)> Replay(TestProbe probe)
    {
        var events = ImmutableArray.CreateBuilder<IPersistentRepresentation>();
        while (true)
        {
            switch (await probe.ExpectMsgAsync<object>())
            {
                case ReplayedMessage replayed:
                    events.Add(replayed.Persistent);
                    break;
                case RecoverySuccess success:
                    return (events.ToImmutable(), success.HighestSequenceNr);
                case ReplayMessagesFailure failure:
                    throw new InvalidOperationException("The replay failed.", failure.Cause);
                case var other:
                    throw new InvalidOperationException($"{other} came instead of a replay.");
            }
        }
    }

    protected static long[] Numbers(ImmutableArray<IPersistentRepresentation> events) => [.. events.Select(e => e.SequenceNr)];

    protected static object[] Payloads(ImmutableArray<IPersistentRepresentation> events) => [.. events.Select(e => e.Payload)];
}
