using Akka.Actor;
using Akka.Cluster;
using IpvlanActors.Client.Messages;

namespace IpvlanActors.Client.Connections;

/// <summary>For a service that is a member: straight to one host that can be reached, and when that does not answer to the next.</summary>
internal sealed class ByMembership(ActorSystem system) : IConnection
{
    private int _turn;

    public async Task<object> Ask(Wire.Request request, TimeSpan patience, CancellationToken cancel)
    {
        var turn = Volatile.Read(ref _turn);
        try
        {
            if (Host(turn) is { } host)
                return await system.ActorSelection(host.Address + ClientProtocol.Path).Ask<object>(request, patience, cancel);
            await Task.Delay(patience, cancel);
            throw new AskTimeoutException("no host of the cluster can be reached.");
        }
        catch (AskTimeoutException)
        {
            Interlocked.CompareExchange(ref _turn, turn + 1, turn);
            throw;
        }
    }

    /// <summary>The system is the service's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Member? Host(int turn)
    {
        var state = Cluster.Get(system).State;
        var hosts = state.Members.Where(m => m.Roles.Any(r => r.StartsWith(ClientProtocol.HostRole, StringComparison.Ordinal)) && !state.Unreachable.Contains(m)).ToList();
        return hosts.Count == 0 ? null : hosts[turn % hosts.Count];
    }
}
