using Akka.Actor;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Runtime.Networks;

namespace IpvlanActors.Runtime;

/// <summary>Hosts that go.</summary>
internal sealed partial class GatewayActor
{
    private async Task<object> Forget(string text)
    {
        var (host, refusal) = References.Host(text, node.Boards);
        if (refusal is not null)
            return new Refused(refusal);
        var name = node.Boards.Catalogue.Current.HostName(host);
        return await neighbours.Registry.Ask<IMeshMessage>(new ForgetHostRequest(node.Now(), host), Patience) is RegistryRefused refused
            ? new Refused(refused.Reason with { Text = WithHostNames(refused.Reason.Text) })
            : new HostReply(host, name);
    }

    private async Task<object> LeaveCluster()
    {
        var members = node.Boards.Cluster.Current.Members;
        if (members.Any(m => m is { IsSelf: true, MayRegistry: true }) && !members.Any(m => m is { IsSelf: false, MayRegistry: true }))
        {
            return new Refused(new Refusal(RefusalCodes.RegistryHere,
                "the registry runs on this host, and on no other could it: without it nobody can create a network or claim addresses, so this host cannot leave; stop ipvland if it is only to rest."));
        }

        if (await networks.Ask<object>(LeaveAll.Instance, Patience) is Refusal refusal)
            return new Refused(refusal with { Text = WithHostNames(refusal.Text) });
        var gone = await neighbours.Registry.Ask<IMeshMessage>(new LeaveClusterRequest(node.Now()), Patience);
        node.CrashPoint("cluster-leave.forgotten");
        if (gone is RegistryRefused refused)
            return new Refused(refused.Reason with { Text = $"{refused.Reason.Text} Until then this host gives out nothing; its networks are gone from it already." });
        neighbours.Registry.Tell(LeaveMesh.Instance);
        return new HostReply(node.Host, node.HostName);
    }
}
