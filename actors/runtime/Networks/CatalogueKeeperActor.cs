using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Runtime.Networks;

/// <summary>
/// Keeps the newest catalogue that this host has seen through restarts, so that peers' routes can be verified and networks
/// are known without the registry. It has no events, so each snapshot lies under the same number and takes the place of the
/// one before. A cache of a rumour: losing it costs nothing but time, and it never says who owns an address.
/// </summary>
internal sealed class CatalogueKeeperActor(NodeContext node) : UntypedPersistentActor, IWithTimers
{
    /// <summary>Many changes at once are kept once.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    private readonly ILoggingAdapter _log = Context.GetLogger();

    public override string PersistenceId => PersistenceIds.Catalogue;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(CatalogueCompared));
        base.PreStart();
    }

    protected override void OnRecover(object message)
    {
        if (message is SnapshotOffer { Snapshot: Catalogue kept } && kept.Version > node.Boards.Catalogue.Current.Version)
            node.Boards.Catalogue.Current = kept;
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case Load:
                Sender.Tell(Done.Instance);
                break;
            case CatalogueCompared when !Timers.IsTimerActive(Keep.Instance):
                Timers.StartSingleTimer(Keep.Instance, Keep.Instance, Settle);
                break;
            case Keep:
                SaveSnapshot(node.Boards.Catalogue.Current);
                break;
            case SaveSnapshotFailure failure:
                _log.Warning("the catalogue could not be kept for the next start: {Cause}", failure.Cause.Message);
                break;
            case CatalogueCompared or SaveSnapshotSuccess:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Answered by <see cref="Done"/> when what was kept is on the board.</summary>
    internal sealed class Load : INoSerializationVerificationNeeded
    {
        public static readonly Load Instance = new();
    }

    private sealed class Keep : INoSerializationVerificationNeeded
    {
        public static readonly Keep Instance = new();
    }
}
