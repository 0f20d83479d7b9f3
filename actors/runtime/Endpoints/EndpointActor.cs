using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Kernel;
using IpvlanActors.Runtime.Networks;
using IpvlanActors.Runtime.Telemetry;

namespace IpvlanActors.Runtime.Endpoints;

/// <summary>The endpoint exists no more, so its addresses may go; whoever asked is answered after that.</summary>
/// <param name="Answer">An <see cref="EndpointState"/> or a <see cref="Refusal"/>.</param>
internal sealed record EndpointEnded(EndpointId Endpoint, IActorRef Asker, object Answer) : INoSerializationVerificationNeeded;

/// <summary>Create if need be, and join. The addresses are allocated.</summary>
internal sealed record JoinAt(JoinEndpoint Command) : INoSerializationVerificationNeeded
{
    public ActivityContext Trace { get; init; }
}

/// <summary>Create if need be. The addresses are allocated.</summary>
internal sealed record CreateAt(CreateEndpoint Command) : INoSerializationVerificationNeeded;

/// <summary>
/// One endpoint. A join is journaled before the kernel is asked and taken back if the kernel will not; a leave is
/// journaled after the kernel agreed. So at any crash the journal knows of every link that may be there.
/// </summary>
internal sealed class EndpointActor(NodeContext node, EndpointId endpoint, IActorRef reconciler)
    : DeciderActor<EndpointDecider, EndpointCommand, EndpointEvent, EndpointState>(PersistenceIds.Endpoint(endpoint))
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private bool _busy;

    protected override void PreStart() => SetReceiveTimeout(Idle);

    protected override void Happened(EndpointEvent @event) => node.View.Apply(PersistenceId, @event);

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case Step step:
                step.Next();
                break;
            case ReceiveTimeout when !_busy:
                Context.Parent.Tell(new Passivate(endpoint));
                break;
            case Stop:
                Context.Stop(Self);
                break;
            case JoinAt or CreateAt or HandOver or Leave or Remove or Forget or SandboxGone or FenceEndpoint when _busy:
                Stash.Stash();
                break;
            case JoinAt join:
                Join(join.Command, join.Trace, Sender);
                break;
            case CreateAt create:
                Create(create.Command, Sender);
                break;
            case HandOver handOver:
                LetTake(handOver, Sender);
                break;
            case Leave:
                Unplug(Sender, asker => Decide(new LeaveEndpoint(node.Now(), LeaveReason.Asked), refusal => Finish(asker, refusal)));
                break;
            case Remove:
                Unplug(Sender, asker => End(LeaveReason.Asked, asker, null));
                break;
            case Forget:
                Log.Warning("endpoint {Endpoint} ({Name}): its container runtime knows it no more, releasing it", endpoint, State.Name);
                Unplug(Sender, asker => End(LeaveReason.Forgotten, asker, null));
                break;
            case FenceEndpoint when State.IsJoined && !IsOwned:
                Log.Error("endpoint {Endpoint} ({Name}) is fenced: {Addresses} is this host's no more", endpoint, State.Name, string.Join(", ", State.Addresses));
                Unplug(ActorRefs.Nobody, asker => Decide(new LeaveEndpoint(node.Now(), LeaveReason.Fenced), refusal =>
                {
                    node.CrashPoint("endpoint-fence.journaled");
                    Finish(asker, refusal);
                }));
                break;
            case FenceEndpoint:
                break;
            case SandboxGone:
                Log.Warning("endpoint {Endpoint} ({Name}): namespace {Path} is gone, releasing it", endpoint, State.Name, State.Sandbox?.Path ?? "");
                End(LeaveReason.SandboxGone, ActorRefs.Nobody, null);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Join(JoinEndpoint command, ActivityContext trace, IActorRef asker)
    {
        var isNew = !Decided.Exists;
        var wasJoined = Decided.IsJoined;
        _busy = true;
        var span = Spans.Start("journal the join", trace);
        Decide(command, refusal =>
        {
            span?.Dispose();
            if (refusal is not null)
            {
                // what was allocated for an endpoint that is not to be goes back; but if the disk is full nothing can be said of it
                if (isNew && refusal.Code != RefusalCodes.JournalFailed)
                    Context.Parent.Tell(new EndpointEnded(endpoint, asker, refusal));
                else
                    Finish(asker, refusal);
                return;
            }

            node.CrashPoint("endpoint-join.journaled");
            if (DesiredKernel.SlaveOf(State, node.View.Current) is { } slave)
                Plug(slave, fresh: !wasJoined, isNew, trace, asker);
            else
                Failed(new(RefusalCodes.NetworkUnknown, "the network left this host meanwhile."), isNew, asker);
        });
    }

    private bool IsOwned => node.View.Current.Networks.GetValueOrDefault(State.Network)?.Owns(State.Addresses) == true;

    private void Create(CreateEndpoint command, IActorRef asker)
    {
        _busy = true;
        Decide(command, refusal =>
        {
            node.CrashPoint("endpoint-create.journaled");
            Finish(asker, refusal);
        });
    }

    /// <summary>What the runtime was given before, it may have taken away already: then there is nothing to make.</summary>
    private void LetTake(HandOver handOver, IActorRef asker)
    {
        var wasThere = Decided.IsJoined && Decided.Sandbox == handOver.Sandbox;
        _busy = true;
        Decide(new HandOverEndpoint(node.Now(), handOver.Sandbox, Ownership.TemporaryName(endpoint), BringsDefault(handOver)), refusal =>
        {
            node.CrashPoint("endpoint-handover.journaled");
            if (refusal is not null)
                Finish(asker, refusal);
            else if (DesiredKernel.LooseOf(State, node.View.Current) is { } slave)
                Lend(slave, fresh: !wasThere, asker);
            else
                Failed(new(RefusalCodes.NetworkUnknown, "the network left this host meanwhile."), isNew: false, asker);
        });
    }

    private void Lend(LooseSlave slave, bool fresh, IActorRef asker) =>
        Then(reconciler.Ask<SlaveHandled>(new LendEndpoint(slave, State.Sandbox!, fresh), Patience), handled =>
        {
            node.CrashPoint("endpoint-handover.made");
            if (handled.Fault is null)
                Finish(asker, null);
            else
                Failed(Why(handled.Fault), isNew: false, asker);
        });

    private bool BringsDefault(HandOver handOver)
    {
        var view = node.View.Current;
        var others = view.Endpoints.Values
            .Where(e => e.Endpoint != endpoint && e is { IsHandedOver: true, IsJoined: true, HasDefault: true } && e.Sandbox == handOver.Sandbox)
            .Select(e => view.Networks.GetValueOrDefault(e.Network)?.Spec).OfType<NetworkSpec>();
        return view.Networks.GetValueOrDefault(handOver.Network)?.Spec is { } spec && ContainerRoutes.MayBringDefault(spec, Decided.BringsDefault, others)
            && ContainerRoutes.For(spec, Decided.Addresses, Decided.Interface).Any(r => r.Destination.IsDefault); // L2 without a gateway has none to bring
    }

    private void Plug(Slave slave, bool fresh, bool isNew, ActivityContext trace, IActorRef asker)
    {
        var span = Spans.Start("plug the link", trace);
        Then(reconciler.Ask<SlaveHandled>(new PlugEndpoint(slave, fresh) { Trace = span.Or(trace) }, Patience), handled =>
        {
            span?.Dispose();
            node.CrashPoint("endpoint-join.plugged");
            if (handled.Fault is null)
                Finish(asker, null);
            else
                Failed(Why(handled.Fault), isNew, asker);
        });
    }

    /// <summary>What did not come to be leaves nothing behind: a new endpoint goes, an old one keeps its addresses.</summary>
    private void Failed(Refusal why, bool isNew, IActorRef asker)
    {
        Decide(new FailJoin(node.Now(), why.Text), _ =>
        {
            if (isNew)
                End(LeaveReason.Asked, asker, why);
            else
                Finish(asker, why);
        });
    }

    private void Unplug(IActorRef asker, Action<IActorRef> then)
    {
        _busy = true;
        if (!State.IsJoined)
        {
            then(asker);
            return;
        }

        Then(reconciler.Ask<SlaveHandled>(new UnplugEndpoint(State.Network, endpoint, State.Sandbox!, State.IsHandedOver), Patience), handled =>
        {
            node.CrashPoint("endpoint-leave.unplugged");
            if (handled.Fault is null or { Class: FaultClass.NotFound })
                then(asker);
            else
                Finish(asker, Why(handled.Fault));
        });
    }

    private void End(LeaveReason reason, IActorRef asker, Refusal? why)
    {
        _busy = true;
        Decide(new RemoveEndpoint(node.Now(), reason), refusal =>
        {
            node.CrashPoint("endpoint-rm.journaled");
            Context.Parent.Tell(new EndpointEnded(endpoint, asker, (object?)why ?? (object?)refusal ?? State));
        });
    }

    private void Finish(IActorRef asker, Refusal? refusal)
    {
        _busy = false;
        asker.Tell((object?)refusal ?? State);
        Stash.UnstashAll();
    }

    /// <summary>Waits for somebody else without blocking; what comes in meanwhile waits as well.</summary>
    private void Then(Task<SlaveHandled> asked, Action<SlaveHandled> next) => asked.PipeTo(
        Self,
        success: handled => new Step(() => next(handled)),
        failure: e => new Step(() => next(new(endpoint, new(FaultClass.Transient, 0, $"the kernel did not answer in {Patience.TotalSeconds} s: {e.Message}")))));

    private static Refusal Why(KernelFault fault) => fault.Class switch
    {
        FaultClass.Exists when fault.Errno == Errno.AddressInUse => new(RefusalCodes.AddressInUse, $"Address already in use: {fault.Text}"),
        FaultClass.Exists => new(RefusalCodes.InterfaceExists, $"{fault.Text}: remove what is in the way, or take another --ifname."),
        FaultClass.Unsupported => new(RefusalCodes.KernelLacks, $"{fault.Text}: this kernel cannot make it; see ipvlanctl doctor."),
        _ => new(RefusalCodes.KernelRefused, fault.Text),
    };

    private sealed record Step(Action Next) : INoSerializationVerificationNeeded;

    internal sealed record Passivate(EndpointId Endpoint) : INoSerializationVerificationNeeded;

    internal sealed class Stop : INoSerializationVerificationNeeded
    {
        public static readonly Stop Instance = new();
    }

    private static class Errno
    {
        /// <summary>EADDRINUSE of asm-generic/errno.h.</summary>
        public const int AddressInUse = 98;
    }
}
