using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using IpvlanActors.Client.Messages;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>What a member's roles say of it: which host it is, and whether the registry may run there.</summary>
public static class MemberRoles
{
    public const string Registry = "registry";

    public const string SqliteRegistry = "sqlite";
    public const string PostgresRegistry = "postgresql";

    internal const string SpeechPrefix = "speaks-";
    internal const string StorePrefix = "store-";

    /// <summary>
    /// Of what hosts say to each other. Raised when a host would misunderstand one with the number before, which then refuse
    /// each other; what is only added does not raise it.
    /// </summary>
    private const int Protocol = 3; // 2: routes and catalogue as feeds; 3: what a host has seen goes in parts

    /// <summary>Of members that are no hosts.</summary>
    internal const string Service = ClientProtocol.ServiceRole;

    private const string HostPrefix = ClientProtocol.HostRole;

    public static string Host(HostId host) => HostPrefix + host;

    /// <summary>What must be the same on all members: the protocol's number, and where the registry's journal is.</summary>
    public static string Speaks(string registry) => SpeechPrefix + SpeechOf(registry);

    public static HostId? HostOf(Member member)
    {
        foreach (var role in member.Roles)
        {
            if (role.StartsWith(HostPrefix, StringComparison.Ordinal) && HostId.TryParse(role[HostPrefix.Length..], out var host))
                return host;
        }

        return null;
    }

    /// <summary>
    /// Whoever speaks for each host: of several members that bear its id (one of them a copied data directory, or what is
    /// left of the host at another address) the oldest of those that can be reached, and so the same one for everybody.
    /// </summary>
    public static IReadOnlyDictionary<HostId, Member> Speakers(ClusterEvent.CurrentClusterState state)
    {
        var speakers = new Dictionary<HostId, Member>();
        foreach (var member in state.Members)
        {
            if (HostOf(member) is { } host && !state.Unreachable.Contains(member)
                && (!speakers.TryGetValue(host, out var other) || member.IsOlderThan(other)))
            {
                speakers[host] = member;
            }
        }

        return speakers;
    }

    /// <summary>The member that speaks for the host that this one claims to be; null: this one does, or nobody.</summary>
    public static Member? ElderOf(Member member, IReadOnlyDictionary<HostId, Member> speakers) =>
        HostOf(member) is { } host && speakers.TryGetValue(host, out var speaker)
        && speaker.UniqueAddress != member.UniqueAddress && speaker.IsOlderThan(member)
            ? speaker
            : null;

    /// <summary>Of a member on which the registry may run: which database its journal is in. Empty: nobody knows.</summary>
    internal static Config WithStore(Config mesh, string store)
    {
        if (store.Length == 0)
            return mesh;
        var roles = mesh.GetStringList("akka.cluster.roles").Append(StorePrefix + store);
        return ConfigurationFactory.ParseString($"akka.cluster.roles = [{string.Join(", ", roles.Select(r => $"\"{r}\""))}]").WithFallback(mesh);
    }

    internal static string SpeechOf(string registry) => $"{Protocol}-{registry}";
}

/// <summary>Finds hosts among the members that are not known to be out of reach.</summary>
internal sealed class ClusterDirectory(ActorSystem mesh) : IHostDirectory
{
    public ICanTell? Find(HostId host)
    {
        var member = MemberRoles.Speakers(Cluster.Get(mesh).State).GetValueOrDefault(host);
        return member is null ? null : mesh.ActorSelection(member.Address + "/user/" + MeshNodeActor.Name);
    }

    /// <summary>
    /// A host that must be confirmed waits for every other member of its id to be gone, since that one may be cut off and
    /// give out addresses; any other host only for one that has been here longer and can be reached.
    /// </summary>
    public Address? OtherOf(HostId host, Address asker, bool mustConfirm)
    {
        var cluster = Cluster.Get(mesh);
        var (state, at) = (cluster.State, asker.HasGlobalScope ? asker : cluster.SelfAddress);
        var self = state.Members.FirstOrDefault(m => m.Address == at);
        return mustConfirm
            ? state.Members.FirstOrDefault(m => MemberRoles.HostOf(m) == host && m.Address != at)?.Address
            : self is null ? null : MemberRoles.ElderOf(self, MemberRoles.Speakers(state))?.Address;
    }
}
