using Akka.Actor;
using Akka.Event;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Runtime.Networks;

/// <summary>This host leaves the cluster: give everything up, or say why not. Answered by a <see cref="Refusal"/> or <see cref="Done"/>.</summary>
internal sealed class LeaveAll : INoSerializationVerificationNeeded
{
    private LeaveAll()
    {
    }

    public static LeaveAll Instance { get; } = new();
}

/// <summary>
/// Leaving: no network is attached and nothing is joined any more, then every network goes from this host. Once all are
/// gone there is no way back but a new start, since nobody can tell what the registry has heard.
/// </summary>
internal sealed partial class NetworksActor
{
    private const int ShownEndpoints = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Refusal Leaving = new(RefusalCodes.NotReady, "this host is leaving the cluster, or has left it: restart ipvland to use it again.");
    private bool _leaving;

    private void Leave(IActorRef asker)
    {
        if ((node.Boards.Fence ?? InUse()) is { } refusal)
        {
            asker.Tell(refusal);
            return;
        }

        _leaving = true;
        Task.WhenAll(node.View.Current.Networks.Keys.Select(id => Depart(id, Network(id))).ToList())
            .PipeTo(Self, success: refusals => new Departed(asker, refusals.FirstOrDefault(r => r is not null)));
    }

    private static async Task<Refusal?> Depart(NetworkId id, IActorRef network)
    {
        try
        {
            return await network.Ask<object>(new Depart(id), Patience) as Refusal;
        }
        catch (Exception e) when (e is AskTimeoutException or TaskCanceledException)
        {
            return new(RefusalCodes.NotReady, $"network {id} has not gone from this host in {Patience.TotalSeconds} s: ask again.");
        }
    }

    private void Departures(Departed departed)
    {
        _leaving = departed.Refusal is null;
        if (departed.Refusal is { } refusal)
            _log.Warning("this host does not leave the cluster: {Refusal}", refusal.Text);
        else
            _log.Info("nothing of the cluster is left on this host");
        departed.Asker.Tell((object?)departed.Refusal ?? Done.Instance);
    }

    private Refusal? InUse()
    {
        var endpoints = node.View.Current.Endpoints.Values.OrderBy(e => e.Name, StringComparer.Ordinal).Select(e => $"name:\"{e.Name}\" id:\"{e.Endpoint.Short}\"").ToList();
        var more = endpoints.Count > ShownEndpoints ? $" and {endpoints.Count - ShownEndpoints} more" : "";
        return endpoints.Count == 0
            ? null
            : new(RefusalCodes.NetworkInUse, $"this host has endpoints ({string.Join(", ", endpoints.Take(ShownEndpoints))}{more}), whose addresses would be given to others: remove them first.");
    }

    private sealed record Departed(IActorRef Asker, Refusal? Refusal) : INoSerializationVerificationNeeded;
}
