using Akka.Actor;
using Akka.Cluster;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>What a member's roles say of it: which host it is, and whether the registry may run there.</summary>
public static class MemberRoles
{
    public const string Registry = "registry";

    private const string HostPrefix = "host-";

    public static string Host(HostId host) => HostPrefix + host;

    public static HostId? HostOf(Member member)
    {
        foreach (var role in member.Roles)
        {
            if (role.StartsWith(HostPrefix, StringComparison.Ordinal) && HostId.TryParse(role[HostPrefix.Length..], out var host))
                return host;
        }

        return null;
    }
}

/// <summary>Finds hosts among the members that are not known to be out of reach.</summary>
internal sealed class ClusterDirectory(ActorSystem mesh) : IHostDirectory
{
    public ICanTell? Find(HostId host)
    {
        var state = Cluster.Get(mesh).State;
        var member = state.Members.FirstOrDefault(m => MemberRoles.HostOf(m) == host && !state.Unreachable.Contains(m));
        return member is null ? null : mesh.ActorSelection(member.Address + "/user/" + MeshNodeActor.Name);
    }
}
