using Akka.Actor;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.EventSourcing;

namespace IpvlanActors.Runtime;

/// <summary>The journal of the host itself: who it is, and how often it started.</summary>
internal sealed class HostActor(NodeContext node)
    : DeciderActor<HostDecider, HostCommand, HostEvent, HostState>(PersistenceIds.Host)
{
    protected override void Happened(HostEvent @event) => node.View.Apply(PersistenceId, @event);

    protected override void OnCommand(object message)
    {
        if (message is not Start)
        {
            Unhandled(message);
            return;
        }

        var asker = Sender;
        Decide(new StartHost(node.Now(), node.BootId), refusal => asker.Tell((object?)refusal ?? State));
    }

    /// <summary>Answered by the <see cref="HostState"/> of the new incarnation.</summary>
    internal sealed class Start : INoSerializationVerificationNeeded
    {
        public static readonly Start Instance = new();
    }
}
