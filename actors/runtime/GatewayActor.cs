using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Runtime.Networks;
using IpvlanActors.Runtime.Telemetry;
using IpvlanActors.Runtime.Watching;

namespace IpvlanActors.Runtime;

/// <summary>
/// The door behind all doors: Docker, CNI, HTTP and other services ask here, and all get the same rules and the same
/// refusals. It keeps nothing; each command is a conversation of its own.
/// </summary>
/// <param name="surroundings">Prefixes and name servers of this host that a default subnet must not overlap.</param>
/// <param name="watch">Answers those who follow what happens.</param>
internal sealed partial class GatewayActor(
    NodeContext node, NetworkNeighbours neighbours, IActorRef networks, Func<ImmutableArray<Prefix>> surroundings, IActorRef watch) : UntypedActor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(50);

    protected override void OnReceive(object message)
    {
        if (message is WatchCommand)
            watch.Forward(message);
        else if (message is Traced traced)
            Measured(traced.Command, traced.Parent).PipeTo(Sender);
        else if (message is INodeCommand command)
            Measured(command, default).PipeTo(Sender);
        else
            Unhandled(message);
    }

    private async Task<object> Measured(INodeCommand command, ActivityContext parent)
    {
        var started = Stopwatch.GetTimestamp();
        using var span = Spans.Start(command.GetType().Name, parent);
        object answer;
        try
        {
            answer = await Answer(command, span.Or(parent));
        }
        catch (Exception e)
        {
            answer = Failed(e);
        }

        var outcome = (answer as Refused)?.Reasons[0].Code ?? Instruments.Done;
        span?.SetTag(Instruments.OutcomeTag, outcome);
        Instruments.Commanded(command, outcome, Stopwatch.GetElapsedTime(started), span);
        return answer;
    }

    private Task<object> Answer(INodeCommand command, ActivityContext trace) => command switch
    {
        CreateNetworkCommand { Key: { } key } c => CreateOnce(c, key),
        CreateNetworkCommand c => Create(c),
        RemoveNetworkCommand c => Remove(c.Network),
        JoinEndpointCommand { Key: { } key } c => JoinOnce(c, key, trace),
        JoinEndpointCommand c => Join(c, EndpointId.From(Guid.NewGuid()), trace),
        LeaveEndpointCommand c => ToEndpoint(c.Endpoint, e => new Leave(e.Network, e.Endpoint)),
        RemoveEndpointCommand c => ToEndpoint(c.Endpoint, e => new Remove(e.Network, e.Endpoint), c.Network),
        CheckEndpointCommand c => Check(c),
        CheckNetworkCommand c => Check(c),
        ForgetHostCommand c => Forget(c.Host),
        LeaveClusterCommand => LeaveCluster(),
        BindNetworkCommand c => Bind(c),
        UnbindNetworkCommand c => Unbind(c.Key),
        ChooseSubnetCommand c => ChooseSubnet(c.Avoid),
        ReserveAddressCommand c => Reserve(c),
        ReleaseReservationCommand c => ReleaseReservation(c),
        CreateEndpointCommand c => CreateEndpoint(c),
        HandOverEndpointCommand c => HandOver(c),
        ForgetEndpointCommand c => Forget(c.Endpoint),
        _ => throw new ArgumentException($"The gateway has no answer to {command.GetType().Name}."),
    };

    private static Refused Failed(Exception e) => new(new Refusal(RefusalCodes.NotReady,
        $"the node did not finish in time ({(e as AggregateException)?.InnerException?.Message ?? e.Message}): ask again; what was journaled is kept, what was not has no effect."));

    private async Task<object> Create(CreateNetworkCommand command)
    {
        var request = command.Request;
        if (command.Id is { } asked && SpecOf(asked) is { } same && same.Name == request.Name)
            return new NetworkReply(asked, same.Name);
        var (spec, refusals) = NetworkSpecReader.Read(request);
        if (spec is null)
            return new Refused([.. refusals, .. await AboutParent(request)]);

        // looked at before anything is journaled anywhere, so that the usual mistakes change nothing
        var id = command.Id ?? NetworkId.From(Guid.NewGuid());
        var kernel = await neighbours.Lanes.Observe([]);
        var (_, refusal) = AttachRules.Check(id, spec, node.HostName, neighbours.DefaultLink(), node.View.Current, kernel);
        if (refusal is not null)
            return new Refused(refusal);

        var avoid = kernel.Addresses.Select(a => a.Address.Prefix).Concat(surroundings());
        var reply = await neighbours.Registry.Ask<IMeshMessage>(new CreateNetworkRequest(node.Now(), id, spec, [.. avoid]), Patience);
        if (reply is not NetworkGranted granted)
            return new Refused(((RegistryRefused)reply).Reason);
        var attached = await networks.Ask<AttachResult>(granted, Patience);
        if (attached.Refusal is null)
            return new NetworkReply(id, spec.Name);

        await Remove(id);
        return new Refused(attached.Refusal);
    }

    private NetworkSpec? SpecOf(NetworkId id) => node.View.Current.Networks.GetValueOrDefault(id)?.Spec
        ?? node.Boards.Catalogue.Current.Networks.GetValueOrDefault(id)?.Spec;

    /// <summary>What only this host can say is told together with what anybody could.</summary>
    private async Task<ImmutableArray<Refusal>> AboutParent(NetworkRequest request)
    {
        if (request.Internal || request.Options.GetValueOrDefault("parent_in") == "container" || request.Options.GetValueOrDefault("parent") is not { Length: > 0 } parent || parent is "lo" or ParentChoice.Auto)
            return [];
        var (_, refusal) = ParentRules.ChooseNamed(parent, await neighbours.Lanes.Observe([]));
        var told = !LinkName.TryParse(parent, out _); // by the reader of options
        return refusal is null || told ? [] : [refusal];
    }

    private async Task<object> Remove(string text)
    {
        var (id, refusal) = References.Network(text, node.Boards);
        if (refusal is not null)
            return new Refused(refusal);
        var name = node.View.Current.Networks.GetValueOrDefault(id)?.Spec?.Name ?? text;
        return await Remove(id) is RegistryRefused refused
            ? new Refused(refused.Reason with { Text = WithHostNames(refused.Reason.Text) })
            : new NetworkReply(id, name);
    }

    private async Task<IMeshMessage> Remove(NetworkId id)
    {
        var reply = await neighbours.Registry.Ask<IMeshMessage>(new RemoveNetworkRequest(node.Now(), id), Patience);
        if (reply is NetworkGone)
            await networks.Ask<DetachResult>(new Detach(id), Patience);
        return reply;
    }

    private string WithHostNames(string text)
    {
        foreach (var (host, known) in node.Boards.Catalogue.Current.Hosts)
            text = text.Replace(host.ToString(), known.Name, StringComparison.Ordinal);
        return text;
    }

    private async Task<object> Join(JoinEndpointCommand command, EndpointId endpoint, ActivityContext trace)
    {
        if (command.Wish is { } wish && await Ensure(command.Network, wish) is { } otherwise)
            return otherwise;
        var (network, unknown) = References.Network(command.Network, node.Boards);
        if (unknown is not null)
            return new Refused(unknown);
        var (join, refusals) = JoinReader.Read(command, network, endpoint);
        if (!refusals.IsEmpty)
            return new Refused(refusals);
        var (sandbox, refusal) = await JoinReader.FindSandbox(command.Netns, neighbours.Lanes);
        if (sandbox is null)
            return new Refused(refusal!);
        var answer = Reply(await networks.Ask<object>(join! with { Sandbox = sandbox, Trace = trace }, Patience));
        return answer is EndpointReply reply ? await WithLink(reply) : answer;
    }

    private async Task<object> ToEndpoint(string text, Func<EndpointState, IToNetwork> message, string? network = null)
    {
        var (endpoint, refusal) = network is null ? References.Endpoint(text, node.Boards) : References.Endpoint(text, network, node.Boards);
        return endpoint is null ? new Refused(refusal!) : Reply(await networks.Ask<object>(message(endpoint), Patience));
    }

    private object Reply(object answer) => answer switch
    {
        EndpointState endpoint => new EndpointReply(endpoint),
        Refusal refusal => new Refused(refusal with { Text = WithHostNames(refusal.Text) }),
        _ => throw new InvalidOperationException($"unexpected answer {answer.GetType().Name}"),
    };
}
