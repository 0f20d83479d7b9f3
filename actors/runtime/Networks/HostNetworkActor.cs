using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Endpoints;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Kernel;
using IpvlanActors.Runtime.Routes;

namespace IpvlanActors.Runtime.Networks;

/// <summary>Who else a network needs on this host.</summary>
/// <param name="Registry">Answers <see cref="Mesh.IRegistryRequest"/>s, wherever the registry runs.</param>
/// <param name="Routes">Hears when this host's own routes may have changed.</param>
/// <param name="DefaultLink">The link of the default route, looked up when asked.</param>
public sealed record NetworkNeighbours(
    KernelLanes Lanes, IActorRef Reconciler, IActorRef Registry, IActorRef Routes, Func<LinkName?> DefaultLink);

/// <summary>
/// This host's part of one network: its parent link, its blocks, its addresses; parent of its endpoints. Joins are in the
/// other half of this class.
/// </summary>
internal sealed partial class HostNetworkActor(NodeContext node, NetworkId network, NetworkNeighbours neighbours)
    : DeciderActor<HostNetworkDecider, HostNetworkCommand, HostNetworkEvent, HostNetworkState>(
        PersistenceIds.HostNetwork(node.Host, network))
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Dictionary<EndpointId, List<(object Message, IActorRef Sender)>> _stopping = [];

    protected override void Happened(HostNetworkEvent @event)
    {
        node.View.Apply(PersistenceId, @event);
        if (State.Spec?.IsRouted != false)
            neighbours.Routes.Tell(OwnRoutesChanged.Instance);
    }

    protected override void OnRecover(object message)
    {
        base.OnRecover(message);
        if (message is not RecoveryCompleted)
            return;
        ReleaseOrphans();
        FenceEndpoints();
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case Step step:
                step.Next();
                break;
            case Attach attach:
                AttachHere(attach, Sender);
                break;
            case Detach:
                DetachHere(Sender);
                break;
            case Surrender:
                SurrenderAll(Sender);
                break;
            case CompareBlocks:
                Compare();
                break;
            case Lend lend:
                LendOut(lend, Sender);
                break;
            case Depart:
                DepartFrom(Sender);
                break;
            case Networks.Look:
                LookForIdleBlocks();
                break;
            case Join join:
                JoinHere(join, Sender);
                break;
            case Bind bind:
                BindHere(bind, Sender);
                break;
            case Unbind:
                UnbindHere(Sender);
                break;
            case Reserve reserve:
                ReserveHere(reserve, Sender);
                break;
            case FreeReservation free:
                FreeHere(free, Sender);
                break;
            case ReservationEnds ends:
                EndReservation(ends.Reservation);
                break;
            case Create create:
                CreateHere(create, Sender);
                break;
            case HandOver handOver:
                ToEndpoint(handOver.Endpoint, handOver, Sender);
                break;
            case Forget forget:
                ToEndpoint(forget.Endpoint, forget, Sender);
                break;
            case Leave leave:
                ToEndpoint(leave.Endpoint, leave, Sender);
                break;
            case Remove remove:
                ToEndpoint(remove.Endpoint, remove, Sender);
                break;
            case SandboxGone gone:
                ToEndpoint(gone.Endpoint, gone, Sender);
                break;
            case EndpointEnded ended:
                Release(ended);
                break;
            case EndpointActor.Passivate passivate:
                StopEndpoint(passivate.Endpoint);
                break;
            case Terminated terminated:
                EndpointStopped(EndpointId.Parse(terminated.ActorRef.Path.Name));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void AttachHere(Attach attach, IActorRef asker)
    {
        if (Decided.IsAttached)
        {
            Decide(new AttachNetwork(node.Now(), network, attach.Spec, Decided.Parent!, attach.Created), _ => WaitForKernel(asker));
            return;
        }

        Then(neighbours.Lanes.Observe([]), kernel =>
        {
            var (parent, refusal) = AttachRules.Check(network, attach.Spec, node.HostName, neighbours.DefaultLink(), node.View.Current, kernel);
            if (parent is null)
            {
                asker.Tell(new AttachResult(network, refusal));
                return;
            }

            Decide(new AttachNetwork(node.Now(), network, attach.Spec, parent, attach.Created), decided =>
            {
                node.CrashPoint("network-create.attached");
                if (decided is null)
                    WaitForKernel(asker);
                else
                    asker.Tell(new AttachResult(network, decided));
            });
        }, e => asker.Tell(new AttachResult(network, NoAnswer(e))));
    }

    /// <summary>Attached means that the parent link stands, not only that the journal says so.</summary>
    private void WaitForKernel(IActorRef asker) =>
        Then(neighbours.Reconciler.Ask<KernelReport>(new Reconcile(WithSandboxes: false), Patience), report =>
        {
            node.CrashPoint("network-create.linked");
            asker.Tell(new AttachResult(network, Trouble(report)));
        }, e => asker.Tell(new AttachResult(network, NoAnswer(e))));

    private Refusal? Trouble(KernelReport report)
    {
        if (report.Of(network) is { } problem)
            return new(RefusalCodes.NetworkDegraded, problem.Text);
        var failed = report.Failed.FirstOrDefault(f => f.Op switch
        {
            CreateDummy op => op.Name == State.Parent?.Name,
            CreateVlan op => op.Name == State.Parent?.Name,
            AddRoute op => State.Spec?.Subnets.Any(s => s.Prefix.Overlaps(op.Route.Destination)) == true,
            _ => false,
        });
        return failed.Fault switch
        {
            null => null,
            { Class: FaultClass.Unsupported } fault => new(RefusalCodes.KernelLacks, $"{fault.Text}: this kernel cannot make it; see ipvlanctl doctor."),
            var fault => new(RefusalCodes.KernelRefused, fault.Text),
        };
    }

    private void DetachHere(IActorRef asker) => Decide(new DetachNetwork(node.Now()), refusal =>
    {
        node.CrashPoint("network-rm.detached");
        if (refusal is not null)
        {
            Log.Error("network {Network} is gone from the cluster, but {Refusal}", network, refusal.Text);
            asker.Tell(new DetachResult(network));
            return;
        }

        Then(
            neighbours.Reconciler.Ask<KernelReport>(new Reconcile(WithSandboxes: false), Patience),
            _ => DetachedHere(asker),
            _ => DetachedHere(asker));
    });

    private void DetachedHere(IActorRef asker)
    {
        node.CrashPoint("network-rm.unlinked");
        asker.Tell(new DetachResult(network));
    }

    private void Release(EndpointEnded ended)
    {
        Decide(new ReleaseAddresses(node.Now(), ended.Endpoint), refusal =>
        {
            node.CrashPoint("endpoint-rm.released");
            LookWhenRested();
            ended.Asker.Tell((object?)refusal ?? ended.Answer);
        });
        StopEndpoint(ended.Endpoint);
    }

    /// <summary>
    /// Addresses whose endpoint never came to be, or is gone: a crash fell between the two journals. The view has both.
    /// </summary>
    private void ReleaseOrphans()
    {
        var endpoints = node.View.Current.Endpoints;
        foreach (var (endpoint, holder) in State.Holders.Where(h => !endpoints.ContainsKey(h.Key)).ToList())
        {
            Log.Warning("addresses {Addresses} of {Name} have no endpoint: releasing them", string.Join(", ", holder.Addresses), holder.Name);
            Decide(new ReleaseAddresses(node.Now(), endpoint), _ => { });
        }
    }

    private void ToEndpoint(EndpointId endpoint, object message, IActorRef sender)
    {
        if (_stopping.TryGetValue(endpoint, out var waiting))
            waiting.Add((message, sender));
        else
            Endpoint(endpoint).Tell(message, sender);
    }

    private IActorRef Endpoint(EndpointId endpoint)
    {
        var child = Context.Child(endpoint.Value);
        return child.IsNobody()
            ? Context.Watch(Context.ActorOf(Props.Create<EndpointActor>(node, endpoint, neighbours.Reconciler), endpoint.Value))
            : child;
    }

    private void StopEndpoint(EndpointId endpoint)
    {
        if (_stopping.TryAdd(endpoint, []))
            Context.Child(endpoint.Value).Tell(EndpointActor.Stop.Instance);
    }

    /// <summary>What came for an endpoint while it was stopping is for its next life.</summary>
    private void EndpointStopped(EndpointId endpoint)
    {
        if (!_stopping.Remove(endpoint, out var waiting))
            return;
        foreach (var (message, sender) in waiting)
            ToEndpoint(endpoint, message, sender);
    }

    /// <summary>Waits for somebody else without blocking.</summary>
    private void Then<T>(Task<T> asked, Action<T> next, Action<Exception> failed) =>
        asked.PipeTo(Self, success: answer => new Step(() => next(answer)), failure: e => new Step(() => failed(e)));

    private static Refusal NoAnswer(Exception e) =>
        new(RefusalCodes.KernelRefused, $"the kernel did not answer in {Patience.TotalSeconds} s ({e.Message}): look at the node's log.");

    private sealed record Step(Action Next) : INoSerializationVerificationNeeded;
}
