using Akka.Actor;
using Akka.Cluster;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>The registry runs at this address, in another cluster than ours: be a member of that one.</summary>
internal sealed record JoinInstead(Address Address) : INoSerializationVerificationNeeded;

/// <summary>
/// Finds the registry when it runs in another cluster. Whoever is the first seed and reaches nobody when it starts founds a
/// cluster of its own, as it must the first time; when the wire is whole again there are two, and Akka's clusters never
/// merge. So a host that has no registry among the members that it reaches asks the seeds and the members that it lost; if
/// the registry runs at one of them again and again, and still that one does not come back as a member, it is lost to us here.
/// </summary>
/// <param name="supervisor">Hears of it.</param>
internal sealed class RegistryFinderActor(IActorRef supervisor) : UntypedActor, IWithTimers
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>A host that is started again and joins as it should is a member after less.</summary>
    private const int Enough = 4;

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Dictionary<string, int> _found = [];

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer("look", Look.Instance, Every);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Look:
                AskAround();
                break;
            case ActorIdentity { MessageId: string address, Subject: not null }:
                _found[address] = _found.GetValueOrDefault(address) + 1;
                if (_found[address] == Enough)
                    supervisor.Tell(new JoinInstead(Address.Parse(address)));
                break;
            case ActorIdentity:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void AskAround()
    {
        var state = _cluster.State;
        var reached = state.Members.Where(m => !state.Unreachable.Contains(m)).ToList();
        if (reached.All(m => m.UniqueAddress != _cluster.SelfUniqueAddress) || reached.Any(m => m.HasRole(MemberRoles.Registry)))
        {
            _found.Clear(); // not a member of anything yet, or all is well
            return;
        }

        var lost = _cluster.Settings.SeedNodes.Concat(state.Unreachable.Select(m => m.Address)).Except(reached.Select(m => m.Address));
        foreach (var address in lost)
            Context.ActorSelection(address + MeshSystem.RegistryPath).Tell(new Identify(address.ToString()));
    }

    private sealed class Look : INoSerializationVerificationNeeded
    {
        public static readonly Look Instance = new();
    }
}
