using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>Holds writes up until a test lets them through, and counts them.</summary>
internal sealed class Gate
{
    private static readonly ConditionalWeakTable<ActorSystem, Gate> Gates = [];
    private readonly Lock _lock = new();
    private readonly List<ImmutableArray<object>> _writes = [];
    private TaskCompletionSource _open = Opened();

    /// <summary>The events of each write that the journal was asked for, whether it is through or not.</summary>
    public ImmutableArray<ImmutableArray<object>> Writes
    {
        get
        {
            lock (_lock)
                return [.. _writes];
        }
    }

    /// <summary>Called with the id of each actor that recovers, before its first event.</summary>
    public Func<string, Task> BeforeReplay { get; set; } = static _ => Task.CompletedTask;

    public static Gate Of(ActorSystem system) => Gates.GetOrCreateValue(system);

    public void Close()
    {
        lock (_lock)
            _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Lets all through that waits, and whoever comes.</summary>
    public void Open() => Current().TrySetResult();

    /// <summary>What waits fails, and whatever comes.</summary>
    public void Break(Exception why) => Current().TrySetException(why);

    internal Task Pass(IEnumerable<object> events)
    {
        lock (_lock)
        {
            _writes.Add([.. events]);
            return _open.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }
    }

    private TaskCompletionSource Current()
    {
        lock (_lock)
            return _open;
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}

/// <summary>Akka's journal in memory, behind a <see cref="Gate"/>; once it fails to write it says so as a full disk would.</summary>
internal sealed class GateJournal : MemoryJournal
{
    public static readonly Config Config = ConfigurationFactory.ParseString($$"""
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.log-dead-letters = off
        akka.persistence.journal.plugin = "akka.persistence.journal.gate"
        akka.persistence.journal.gate {
          class = "{{typeof(GateJournal).AssemblyQualifiedName}}"
          plugin-dispatcher = "akka.actor.default-dispatcher"
        }
        """);

    private readonly Gate _gate = Gate.Of(Context.System);

    public override async Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        await _gate.BeforeReplay(persistenceId);
        await base.ReplayMessagesAsync(context, persistenceId, fromSequenceNr, toSequenceNr, max, recoveryCallback);
    }

    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        await _gate.Pass(writes.SelectMany(w => (IEnumerable<IPersistentRepresentation>)w.Payload).Select(p => p.Payload));
        return await base.WriteMessagesAsync(writes, cancellationToken);
    }
}
