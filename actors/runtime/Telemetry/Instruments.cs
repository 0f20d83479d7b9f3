using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Runtime.Telemetry;

/// <summary>
/// What actors measure as it happens. Names follow OpenTelemetry's conventions: dots, durations in seconds, no unit in the
/// name. What can be read off a board at any time is not here: doors observe that when they are asked.
/// </summary>
/// <remarks>Of the process, as meters are; costs nothing but a comparison while nobody listens.</remarks>
public static class Instruments
{
    public const string MeterName = "ipvland";
    public const string CommandTag = "ipvland.command";
    public const string OutcomeTag = "ipvland.outcome";
    public const string OperationTag = "ipvland.kernel.operation";
    public const string KindTag = "ipvland.journal.kind";

    /// <summary>The outcome of what was done; a refusal goes by its code, a fault by its class.</summary>
    public const string Done = "done";

    private static readonly Meter Meter = new(MeterName);

    /// <summary>A join takes a few milliseconds on a machine of its own, a claim of a block some more, a deadlocked peer a minute.</summary>
    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    private static readonly Histogram<double> Commands = Meter.CreateHistogram(
        "ipvland.command.duration", "s", "From a command's arrival at the gateway to its answer.", advice: Durations);

    private static readonly Histogram<double> Batches = Meter.CreateHistogram(
        "ipvland.kernel.apply.duration", "s", "One batch of operations given to the kernel, until its last answer.", advice: Durations);

    private static readonly Counter<long> Operations = Meter.CreateCounter<long>(
        "ipvland.kernel.operations", "{operation}", "Operations that the kernel did or refused.");

    private static readonly Histogram<double> Passes = Meter.CreateHistogram(
        "ipvland.reconcile.duration", "s", "One comparison of the kernel with the journal, and what followed.", advice: Durations);

    private static readonly Counter<long> Drift = Meter.CreateCounter<long>(
        "ipvland.reconcile.writes", "{operation}", "Operations by which passes made the kernel agree: at rest there are none.");

    private static readonly Histogram<double> Writes = Meter.CreateHistogram(
        "ipvland.journal.write.duration", "s", "From a decision to its events being on disk.", advice: Durations);

    private static readonly Histogram<double> Recoveries = Meter.CreateHistogram(
        "ipvland.journal.recovery.duration", "s", "From an actor's start to the end of its replay.", advice: Durations);

    /// <param name="outcome">The code of the first refusal, or <see cref="Done"/>.</param>
    /// <param name="span">Where the command is traced: an example of such a duration, by which one comes from a metric to a trace.</param>
    public static void Commanded(INodeCommand command, string outcome, TimeSpan took, Activity? span)
    {
        var current = Activity.Current;
        Activity.Current = span;
        Commands.Record(
            took.TotalSeconds,
            new KeyValuePair<string, object?>(CommandTag, command.GetType().Name), new KeyValuePair<string, object?>(OutcomeTag, outcome));
        Activity.Current = current;
    }

    public static void Applied(ImmutableArray<KernelOp> ops, ImmutableArray<KernelFault?> faults, TimeSpan took)
    {
        Batches.Record(took.TotalSeconds);
        if (!Operations.Enabled)
            return;
        for (var n = 0; n < ops.Length; n++)
        {
            Operations.Add(
                1, new KeyValuePair<string, object?>(OperationTag, ops[n].GetType().Name), new KeyValuePair<string, object?>(OutcomeTag, faults[n]?.Class.ToString() ?? Done));
        }
    }

    public static void Reconciled(int writes, TimeSpan took)
    {
        Passes.Record(took.TotalSeconds);
        Drift.Add(writes);
    }

    public static void Journaled(string kind, TimeSpan took) =>
        Writes.Record(took.TotalSeconds, new KeyValuePair<string, object?>(KindTag, kind));

    public static void Recovered(string kind, TimeSpan took) =>
        Recoveries.Record(took.TotalSeconds, new KeyValuePair<string, object?>(KindTag, kind));

    /// <summary>Its type, as people know it: Endpoint, HostNetwork, Network, Host, Registry.</summary>
    public static string KindOf(string persistenceId) =>
        PersistenceIds.IsEndpoint(persistenceId, out _) ? "Endpoint"
        : PersistenceIds.IsHostNetwork(persistenceId, out _) ? "HostNetwork"
        : PersistenceIds.IsNetwork(persistenceId, out _) ? "Network"
        : persistenceId == PersistenceIds.Registry ? "Registry" : "Host";
}
