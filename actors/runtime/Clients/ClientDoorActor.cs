using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using IpvlanActors.Client.Messages;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Runtime.Telemetry;
using Wire = IpvlanActors.Client.Wire;

namespace IpvlanActors.Runtime.Clients;

/// <summary>
/// The door for services, in the mesh, behind its receptionist. What is for another host it hands on to the door there; what
/// is for this one it puts to the gateway or reads off the boards. It keeps nothing, and judges nothing but whether a request
/// can be understood.
/// </summary>
/// <param name="gateway">In the host system.</param>
internal sealed class ClientDoorActor(NodeContext node, IActorRef gateway) : UntypedActor
{
    /// <summary>Longer than the gateway's own, which has the better words.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(110);

    private readonly ILoggingAdapter _log = Context.GetLogger();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Wire.Request request:
                Receive(request);
                break;
            case Unreadable unreadable:
                _log.Warning("{Client} asked what cannot be read: {Why}", Sender.Path, unreadable.Why);
                Sender.Tell(ClientReplies.Refused(new(RefusalCodes.RequestInvalid, unreadable.Why)));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Receive(Wire.Request request)
    {
        var (host, refusal) = Whom(request);
        if (refusal is not null)
            Sender.Tell(ClientReplies.Refused(refusal));
        else if (host == node.Host)
            Answer(request).PipeTo(Sender, Self);
        else
            HandOn(request, host);
    }

    /// <summary>This host by its name even while no catalogue knows it.</summary>
    private (HostId Host, Refusal? Refusal) Whom(Wire.Request request)
    {
        if (request.Needs > ClientProtocol.NodeLevel)
            return (default, new(RefusalCodes.RequestUnknown, $"the client needs a node of level {request.Needs}, and host {node.HostName} has {ClientProtocol.NodeLevel}: bring ipvland up to date there."));
        return request.Host.Length == 0 || request.Host == node.HostName || request.Host == node.Host.ToString()
            ? (node.Host, null)
            : References.Host(request.Host, node.Boards);
    }

    /// <summary>The other door answers whoever asked, itself.</summary>
    private void HandOn(Wire.Request request, HostId host)
    {
        if (MemberRoles.Speakers(Cluster.Get(Context.System).State).TryGetValue(host, out var member))
        {
            request.Host = host.ToString();
            Context.ActorSelection(member.Address + ClientProtocol.Path).Tell(request, Sender);
            return;
        }

        Sender.Tell(ClientReplies.Refused(new(RefusalCodes.HostUnreachable,
            $"host {node.Boards.Catalogue.Current.HostName(host)} cannot be reached from {node.HostName} now: ipvlanctl cluster status shows why; ask again when it is back.")));
    }

    private async Task<Wire.Reply> Answer(Wire.Request request)
    {
        try
        {
            var reply = await Find(request);
            return reply.CalculateSize() <= ClientProtocol.MaxBytes
                ? reply
                : ClientReplies.Refused(new(RefusalCodes.RequestInvalid, $"the answer has {reply.CalculateSize()} bytes, more than {ClientProtocol.MaxBytes}: ipvlanctl on host {node.HostName} shows it."));
        }
        catch (Exception e)
        {
            return ClientReplies.Refused(new(RefusalCodes.NotReady, $"host {node.HostName} failed to answer ({e.Message}): look whether a command was carried out, then ask again."));
        }
    }

    private async Task<Wire.Reply> Find(Wire.Request request)
    {
        if (request.AskCase == Wire.Request.AskOneofCase.Follow)
            return await Follow(request.Follow);
        return ClientCommands.Of(request) is { } command
            ? ClientReplies.Of(await gateway.Ask<object>(InTrace(command, request.Traceparent), Patience), node.Boards)
            : ClientLists.Answer(request, node);
    }

    /// <summary>A trace that cannot be read is none: nobody is refused for what only observers look at.</summary>
    private static object InTrace(INodeCommand command, string traceparent) =>
        ActivityContext.TryParse(traceparent, null, isRemote: true, out var parent) ? new Traced(command, parent) : command;

    /// <summary>If the answer is too large, a smaller one is asked for: the marks are still where they were.</summary>
    private async Task<Wire.Reply> Follow(Wire.Follow follow)
    {
        var command = ClientCommands.Of(follow);
        while (true)
        {
            var answer = await gateway.Ask<object>(command, command.Wait + TimeSpan.FromSeconds(10));
            var reply = answer is Watching.WatchReply news ? ClientReplies.Of(news, node) : ClientReplies.Of(answer, node.Boards);
            if (reply.CalculateSize() <= ClientProtocol.MaxBytes)
                return reply;
            if (command.Limit == 1)
                return ClientReplies.Shortened(reply);
            command = command with { Limit = command.Limit / 2, Wait = TimeSpan.Zero };
        }
    }
}
