using Akka.Actor;
using Akka.Event;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>
/// Hosts that go, by themselves or by an operator's word. That is journaled first, and then every network takes what the
/// host has; cut short between the two, the registry goes on with it when it is back.
/// </summary>
internal sealed partial class RegistryActor
{
    private static readonly TimeSpan TakePatience = TimeSpan.FromSeconds(20);

    private void Forget(ForgetHostRequest request, IActorRef asker)
    {
        var host = request.Host;
        if (!Decided.Hosts.ContainsKey(host) && !Decided.Forgotten.Contains(host))
            asker.Tell(Refuse(RefusalCodes.HostUnknown, $"the registry knows no host {host}: ipvlanctl cluster status shows all."));
        else if (hosts.Find(host) is not null)
            asker.Tell(Refuse(RefusalCodes.HostAlive, $"host {host} is a member of the cluster and can be reached, so it is not dead: ipvlanctl cluster leave there, or stop it first."));
        else
            GiveUp(request.Stamp, host, asker);
    }

    private void GiveUp(Stamp stamp, HostId host, IActorRef asker) =>
        Decide(new ForgetHost(stamp, host), _ =>
        {
            node.CrashPoint("host-forget.journaled");
            Log.Warning("host {Host} is given up, asked on host {Asker}: its blocks are taken from it", host, stamp.Host);
            if (stamp.Host != host)
                publisher.Tell(new DownHost(host));
            Publish();
            TakeAll(stamp, host).PipeTo(Self, success: answer => new HostTaken(answer, asker));
        });

    private async Task<IMeshMessage> TakeAll(Stamp stamp, HostId host)
    {
        try
        {
            await Task.WhenAll(_networks.Keys.Select(n => Network(n).Ask<Done>(new TakeFrom(stamp, host), TakePatience)).ToList());
            return new HostGone(host);
        }
        catch (Exception e) when (e is AskTimeoutException or TaskCanceledException)
        {
            return Refuse(RefusalCodes.NotReady, $"host {host} is given up, but not every network has taken its blocks back yet: ask again.");
        }
    }

    private void FinishForgetting()
    {
        foreach (var host in State.Forgotten)
        {
            foreach (var (network, _) in _networks.Where(n => n.Value.State.OwnedBy(host).Any()))
                Network(network).Tell(new TakeFrom(node.Now(), host));
        }
    }

    /// <summary>Nothing is granted to a host that the registry does not know, since nobody could ever take it back by name.</summary>
    private Refusal? NotRegistered(IRegistryRequest request)
    {
        var host = request.Stamp.Host;
        if (Decided.Hosts.ContainsKey(host))
            return null;
        return Decided.Forgotten.Contains(host)
            ? new(RefusalCodes.Fenced, $"host {host} was given up, and has not registered again: it does so by itself when it has met the cluster; ask again in a few seconds.")
            : new(RefusalCodes.NotReady, $"host {host} has not registered yet, which it does by itself: ask again in a few seconds.");
    }

    private static RegistryRefused Refuse(string code, string text) => new(new Refusal(code, text));

    private sealed record HostTaken(IMeshMessage Answer, IActorRef Asker) : INoSerializationVerificationNeeded;
}

/// <summary>From the registry on this host: that member will not come back as it was.</summary>
internal sealed record DownHost(HostId Host) : INoSerializationVerificationNeeded;
