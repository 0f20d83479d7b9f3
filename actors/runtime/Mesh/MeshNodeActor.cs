using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Networks;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>From the host system: put this to the registry and give its answer to <paramref name="Asker"/>.</summary>
internal sealed record ToRegistry(IRegistryRequest Request, IActorRef Asker) : INoSerializationVerificationNeeded;

/// <summary>
/// This host's face in the mesh: carries requests to the registry and back, lets the registry reach the host, and watches
/// the membership.
/// </summary>
/// <param name="host">In the host system: where everything that comes in goes.</param>
/// <param name="registry">The singleton's proxy.</param>
/// <param name="feeds">Tells all what the registry here says.</param>
internal sealed class MeshNodeActor(NodeContext node, IActorRef host, IActorRef registry, IActorRef feeds) : UntypedActor, IWithTimers, IWithStash
{
    public const string Name = "node";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RegisterPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RegisterEvery = TimeSpan.FromSeconds(2);

    /// <summary>Also when it is known: a registry that was restored from a copy must hear of every host again.</summary>
    private static readonly TimeSpan RegisterAgainEvery = TimeSpan.FromSeconds(5);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ImmutableArray<Witness> _testimony = [];
    private long _registering;
    private bool _leaving;
    private bool _admitted;

    /// <summary>The registry has answered this host's registration, or had its time: it grants nothing to strangers.</summary>
    private bool _introduced;

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Timers.StartSingleTimer("nobody", Nobody.Instance, RegisterPatience);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Admitted when !_admitted:
                _admitted = true;
                RegisterIn(TimeSpan.Zero);
                break;
            case Admitted:
                break;
            case Nobody when !_admitted:
                Introduced(); // no member yet: whoever asks shall hear that the registry does not answer
                break;
            case Nobody:
                break;
            case ToRegistry when !_introduced:
                Stash.Stash();
                break;
            case ToRegistry request:
                _leaving |= request.Request is LeaveClusterRequest;
                AskRegistry(request.Request, Patience).PipeTo(request.Asker);
                break;
            case Register when _leaving:
                break;
            case Register:
                _registering = node.Clock.GetTimestamp();
                AskRegistry(Registration(), RegisterPatience).PipeTo(Self);
                break;
            case HostKnown known:
                Introduced();
                Compare(known.At);
                host.Tell(known);
                RegisterIn(known.Later > 0 || node.View.Current.Host.MustConfirm ? RegisterEvery : RegisterAgainEvery);
                break;
            case RegistryRefused refused:
                Introduced();
                host.Tell(refused);
                RegisterIn(RegisterEvery);
                break;
            case SurrenderRequest surrender:
                AskHost(surrender).PipeTo(Sender);
                break;
            case WitnessRequest request:
                Sender.Tell(Testify(request.Part));
                break;
            case LendRequest lend:
                AskHost(lend).PipeTo(Sender);
                break;
            case DownHost down:
                Down(down.Host);
                break;
            case PublishCatalogue:
                feeds.Forward(message);
                break;
            case ClusterEvent.IClusterDomainEvent:
                _log.Info("membership: {Event}", message);
                host.Tell(message);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Introduced()
    {
        if (_introduced)
            return;
        _introduced = true;
        Stash.UnstashAll();
    }

    private void Compare(DateTimeOffset? told)
    {
        if (told is { } at)
            node.Boards.Clock.Current = new(ClockOffset.Of(at, node.Clock.GetUtcNow(), node.Clock.GetElapsedTime(_registering)));
    }

    /// <summary>All parts are of one moment: that of the first.</summary>
    private Witness Testify(int part)
    {
        if (part == 0 || part >= _testimony.Length)
            (part, _testimony) = (0, Testifying.Split(node.Host, Testimony.Of(node.View.Current, node.Boards.Catalogue.Current)));
        return _testimony[part];
    }

    private RegisterHostRequest Registration()
    {
        var self = node.View.Current.Host;
        return new(node.Now(), node.HostName, self.Incarnation, node.Boards.Catalogue.Current.Version, self.MustConfirm, node.Life);
    }

    /// <summary>One at a time: the next when this one is answered.</summary>
    private void RegisterIn(TimeSpan delay) => Timers.StartSingleTimer("register", Register.Instance, delay);

    private async Task<IMeshMessage> AskRegistry(IRegistryRequest request, TimeSpan patience)
    {
        try
        {
            return await registry.Ask<IMeshMessage>(request, patience);
        }
        catch (Exception e) when (e is AskTimeoutException or TaskCanceledException)
        {
            return new RegistryRefused(new(RefusalCodes.RegistryUnreachable,
                $"the registry did not answer in {patience.TotalSeconds} s: ipvlanctl cluster status says which host should run it; bring that host back, then ask again."));
        }
    }

    private async Task<BlocksSurrendered> AskHost(SurrenderRequest surrender)
    {
        try
        {
            var answer = await host.Ask<object>(new Surrender(surrender.Network), Patience);
            return new(surrender.Network, node.Host, answer as Refusal) { Claims = answer is BlocksGivenUp given ? given.Claims : [] };
        }
        catch (Exception e) when (e is AskTimeoutException or TaskCanceledException)
        {
            return new(surrender.Network, node.Host, new(RefusalCodes.NotReady, $"host {node.HostName} did not answer in time; ask again."));
        }
    }

    private async Task<AddressLoan> AskHost(LendRequest lend)
    {
        try
        {
            var answer = await host.Ask<object>(new Lend(lend.Network, lend.Address, lend.To, lend.Epoch), Patience);
            return new(lend.Network, lend.Address, lend.Epoch, answer as Refusal);
        }
        catch (Exception e) when (e is AskTimeoutException or TaskCanceledException)
        {
            return new(lend.Network, lend.Address, lend.Epoch, new(RefusalCodes.NotReady, $"host {node.HostName} did not answer in time; ask again."));
        }
    }

    /// <summary>An operator said that it is dead; a member of that host that can be reached is another one, and stays.</summary>
    private void Down(HostId gone)
    {
        foreach (var member in _cluster.State.Unreachable.Where(m => MemberRoles.HostOf(m) == gone))
            _cluster.Down(member.Address);
    }

    private sealed class Nobody : INoSerializationVerificationNeeded
    {
        public static readonly Nobody Instance = new();
    }

    private sealed class Register : INoSerializationVerificationNeeded
    {
        public static readonly Register Instance = new();
    }
}
