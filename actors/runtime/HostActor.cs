using Akka.Actor;
using Akka.Event;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Runtime.Networks;
using IpvlanActors.Runtime.Routes;

namespace IpvlanActors.Runtime;

/// <summary>
/// The journal of the host itself: who it is, how often it started, and whether the registry has confirmed what it knows.
/// A journal that was copied, moved or restored does not know what has happened since: it is confirmed once the registry
/// has accepted this host, and a catalogue no older than that answer has been compared with it.
/// </summary>
internal sealed class HostActor(NodeContext node)
    : DeciderActor<HostDecider, HostCommand, HostEvent, HostState>(PersistenceIds.Host)
{
    private HostKnown? _known;
    private long _compared;
    private bool _accepted;
    private string _fence = "";

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(CatalogueCompared));
        base.PreStart();
    }

    protected override void Happened(HostEvent @event) => node.View.Apply(PersistenceId, @event);

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case Start:
                var asker = Sender;
                Decide(new StartHost(node.Now(), node.BootId, node.Journal), refusal =>
                {
                    Look();
                    asker.Tell((object?)refusal ?? State);
                });
                break;
            case HostKnown known:
                Accepted(known);
                break;
            case RegistryRefused refused:
                node.Boards.Registration.Current = node.Boards.Registration.Current with { Refusal = refused.Reason };
                Look();
                break;
            case CatalogueCompared compared:
                _compared = Math.Max(_compared, compared.Version);
                ConfirmIfCompared();
                break;
            case MembersShown:
                Look();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>A start on record that is not below this one is another life's, unless this life has been accepted with it before.</summary>
    private void Accepted(HostKnown known)
    {
        var later = known.Later == State.Incarnation && _accepted ? 0 : known.Later;
        _accepted |= later == 0;
        _known = known with { Later = later };
        node.Boards.Registration.Current = new(null, later);
        ConfirmIfCompared();
        Look();
    }

    private void ConfirmIfCompared()
    {
        if (_known is not { } known || _compared < known.Version || !(State.MustConfirm || known.Later > 0))
            return;
        _known = null;
        Decide(new ConfirmHost(node.Now(), known.Later + 1), refusal =>
        {
            node.Boards.Registration.Current = new(refusal, 0);
            Look();
        });
    }

    /// <summary>Says so, once, when this host becomes fenced and when it is no more; what it kept to itself is told then.</summary>
    private void Look()
    {
        var fence = node.Boards.Fence?.Text ?? "";
        if (fence == _fence)
            return;
        _fence = fence;
        if (fence.Length > 0)
        {
            Log.Error("fenced: {Why}", fence);
            return;
        }

        Log.Warning("no longer fenced: counting on from start {Incarnation}", State.Incarnation);
        Context.System.EventStream.Publish(OwnRoutesChanged.Instance);
    }

    /// <summary>Answered by the <see cref="HostState"/> of the new incarnation.</summary>
    internal sealed class Start : INoSerializationVerificationNeeded
    {
        public static readonly Start Instance = new();
    }
}
