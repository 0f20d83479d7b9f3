using System.Collections.Concurrent;
using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Ipam;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Runtime;

/// <summary>For those who do not know what is there, but what they need: networks made on first use, and looks without a change.</summary>
internal sealed partial class GatewayActor
{
    private static readonly TimeSpan AttachPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AttachLook = TimeSpan.FromMilliseconds(50);

    /// <summary>Networks that are being made because somebody uses them for the first time: others wait for the same.</summary>
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Refused?>> _making = new(StringComparer.Ordinal);

    /// <returns>Null: the network is here, and as wished.</returns>
    private async Task<Refused?> Ensure(string network, NetworkWish wish)
    {
        if (Known(network) is null || _making.ContainsKey(network))
        {
            if (!wish.Make)
                return new(Unnamed(network));
            if (await MakeOnce(wish.Like with { Name = network }) is { } refused)
                return refused;
        }
        else if (!IsHere(network))
        {
            await IsAttached(network);
        }

        return Known(network) is { } spec ? Compared(wish, spec) : new Refused(Unnamed(network));
    }

    /// <summary>Whoever comes first makes it; the others hear what came of it.</summary>
    private async Task<Refused?> MakeOnce(NetworkRequest request)
    {
        var mine = new TaskCompletionSource<Refused?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = _making.GetOrAdd(request.Name, mine);
        if (first == mine)
            mine.SetResult(await Make(request));
        return await first.Task;
    }

    private async Task<Refused?> Make(NetworkRequest request)
    {
        try
        {
            if (await Create(new CreateNetworkCommand(request)) is not Refused refused)
                return null;
            // another host was first: it comes to this one too
            return refused.Reasons is [{ Code: RefusalCodes.NetworkExists }] && await IsAttached(request.Name) ? null : refused;
        }
        catch (Exception e)
        {
            return Failed(e); // those who wait for it must hear of it too
        }
        finally
        {
            _making.TryRemove(request.Name, out _);
        }
    }

    /// <summary>Waits until a network that the registry has is here too, or this host says why it cannot be.</summary>
    private async Task<bool> IsAttached(string network)
    {
        for (var waited = TimeSpan.Zero; waited < AttachPatience && !IsRefusedHere(network); waited += AttachLook)
        {
            if (IsHere(network))
                return true;
            await Task.Delay(AttachLook, node.Clock);
        }

        return false;
    }

    private bool IsHere(string network) => node.View.Current.Networks.Values.Any(n => n.Spec!.Name == network);

    private bool IsRefusedHere(string network) => node.Boards.Waiting.Current.Keys
        .Any(id => node.Boards.Catalogue.Current.Networks.GetValueOrDefault(id)?.Spec.Name == network);

    private Refused? Compared(NetworkWish wish, NetworkSpec spec)
    {
        var differences = NetworkLikeness.Differences(wish.Like with { Name = spec.Name }, spec, node.HostName);
        return differences.IsEmpty ? null : new(differences);
    }

    /// <summary>By its very name: whoever wishes for a network does not mean the beginning of an id.</summary>
    private NetworkSpec? Known(string network) =>
        node.View.Current.Networks.Values.FirstOrDefault(n => n.Spec!.Name == network)?.Spec
        ?? node.Boards.Catalogue.Current.Networks.Values.FirstOrDefault(n => n.Spec.Name == network)?.Spec;

    private static Refusal Unnamed(string network) =>
        new(RefusalCodes.NetworkUnknown, $"network {network} not found: ipvlanctl network ls shows all, by their names.");

    private async Task<object> Check(CheckNetworkCommand command)
    {
        if (node.Boards.Fence is { } fence)
            return new Refused(fence);
        if (Known(command.Network) is not { } spec)
            return command.Wish is { Make: true } wish ? await CouldMake(wish.Like with { Name = command.Network }) : new Refused(Unnamed(command.Network));
        if (command.Wish is { } like && Compared(like, spec) is { } different)
            return different;
        var (id, _) = References.Network(command.Network, node.Boards);
        if (node.Boards.Waiting.Current.TryGetValue(id, out var why))
            return new Refused(why);
        if (node.Boards.Kernel.Current.Of(id) is { } problem)
            return new Refused(new Refusal(RefusalCodes.NetworkDegraded, problem.Text));
        if (!node.View.Current.Networks.TryGetValue(id, out var here))
            return new Refused(new Refusal(RefusalCodes.NotReady, $"this host is attaching network {spec.Name}: ask again."));
        ImmutableHashSet<Prefix> owned = [.. node.Boards.Catalogue.Current.Networks.GetValueOrDefault(id)?.Blocks.Keys ?? []];
        return FreeAddresses.Exhausted(here, owned) is { } family
            ? new Refused(new Refusal(RefusalCodes.AddressesExhausted, $"no {family.Name()} address is left for this host in network {spec.Name}: remove endpoints, or create a network with a larger subnet."))
            : new NetworkReply(id, spec.Name);
    }

    /// <summary>As far as this host can tell: whether the registry has the name and the addresses is only found out by asking for them.</summary>
    private async Task<object> CouldMake(NetworkRequest request)
    {
        var (spec, refusals) = NetworkSpecReader.Read(request);
        if (spec is null)
            return new Refused([.. refusals, .. await AboutParent(request)]);
        var id = NetworkId.From(Guid.NewGuid());
        var (_, refusal) = AttachRules.Check(id, spec, node.HostName, neighbours.DefaultLink(), node.View.Current, await neighbours.Lanes.Observe([]));
        return refusal is null ? new NetworkReply(id, spec.Name) : new Refused(refusal);
    }

    private async Task<object> Check(CheckEndpointCommand command)
    {
        var (endpoint, unknown) = References.Endpoint(command.Endpoint, command.Network, node.Boards);
        if (endpoint is null)
            return new Refused(unknown!);
        if (command.Wish is { } wish && Known(command.Network) is { } spec && Compared(wish, spec) is { } different)
            return different;
        if (DesiredKernel.SlaveOf(endpoint, node.View.Current) is not { } slave)
            return new Refused(new Refusal(RefusalCodes.EndpointUnknown, $"endpoint {endpoint.Name} has no link ({endpoint.Stage.ToString().ToLowerInvariant()}{(endpoint.Reason.Length > 0 ? $": {endpoint.Reason}" : "")}): join it again."));
        var observed = await neighbours.Lanes.Observe([slave.Sandbox]);
        return Lacks(slave, observed) is { } lack ? new Refused(lack) : await WithLink(new(endpoint));
    }

    private static Refusal? Lacks(Slave slave, ObservedKernel observed)
    {
        var sandbox = observed.Sandboxes.Single();
        if (!sandbox.Exists)
            return new(RefusalCodes.SandboxInvalid, $"{slave.Sandbox.Path} is not the namespace any more that endpoint {slave.Endpoint.Short} joined.");
        if ((slave.IsParentInSandbox ? sandbox.Link(slave.Parent) : observed.Link(slave.Parent)) is null)
            return new(RefusalCodes.ParentMissing, $"parent {slave.Parent} is not there{(slave.IsParentInSandbox ? " either" : "")}, and {slave.Name} in {slave.Sandbox.Path} with it.");
        var problems = new List<KernelProblem>();
        var lacks = KernelDelta.ForSlave(slave, sandbox, problems).ToList();
        return (problems, lacks) switch
        {
            ([var problem, ..], _) => new(RefusalCodes.NetworkDegraded, problem.Text),
            (_, [PlugSlave]) => new(RefusalCodes.InterfaceMissing, $"{slave.Sandbox.Path} has no link {slave.Name} of endpoint {slave.Endpoint.Short}."),
            (_, [_, ..]) => new(RefusalCodes.InterfaceMissing, $"link {slave.Name} in {slave.Sandbox.Path} is not as it should be: up, with {string.Join(", ", slave.Addresses)}, and routes {string.Join("; ", slave.Routes)}."),
            _ => null,
        };
    }

    /// <summary>A slave has its parent's MAC, and its MTU unless the network says otherwise. A parent that was just made is looked up.</summary>
    private async Task<EndpointReply> WithLink(EndpointReply reply)
    {
        if (node.View.Current.Networks.GetValueOrDefault(reply.Endpoint.Network) is not { Spec: { } spec, Parent.Name: var parent })
            return reply;
        var link = reply.Endpoint is { Parent: { } inside, Sandbox: { } sandbox }
            ? (await neighbours.Lanes.Look(sandbox)).Link(inside)
            : node.Boards.Kernel.Current.Observed.Link(parent) ?? (await neighbours.Lanes.Observe([])).Link(parent);
        return link is null ? reply : reply with { Mac = link.Mac, Mtu = spec.Settings.Mtu ?? link.Mtu };
    }
}
