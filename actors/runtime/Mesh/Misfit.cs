using System.Collections.Immutable;
using Akka.Cluster;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>A member, as far as it matters to whether this host may be among them.</summary>
internal sealed record Seat(string Address, ImmutableHashSet<string> Roles)
{
    public static Seat Of(Member member) => new(member.Address.HostPort(), member.Roles);

    /// <summary>What its roles say that it speaks; none: it says nothing.</summary>
    public string? Speech => Role(MemberRoles.SpeechPrefix);

    /// <summary>Which database the registry would journal in there; none: it never runs there, or nobody knows.</summary>
    public string? Store => Role(MemberRoles.StorePrefix);

    private string? Role(string prefix) => Roles.FirstOrDefault(r => r.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];
}

/// <summary>
/// Whether a host may be a member beside those that were there before it. It is the newcomer that goes, so that no mistake on
/// one host can end what works on the others.
/// </summary>
internal static class Misfit
{
    /// <param name="elders">Members that have been here longer, in reach or not; services among them fit anywhere.</param>
    /// <returns>What does not fit, and the way out; null if everything does.</returns>
    public static string? Why(Seat self, IEnumerable<Seat> elders) => elders.Where(e => !e.Roles.Contains(MemberRoles.Service)).Select(e => Between(self, e)).FirstOrDefault(w => w is not null);

    private static string? Between(Seat self, Seat elder)
    {
        if (elder.Speech != self.Speech)
        {
            return $"this host speaks '{self.Speech ?? "nothing"}' and {elder.Address} in the cluster '{elder.Speech ?? "nothing"}' (protocol and registry): "
                + "all hosts of a cluster need one version of ipvland and one ipvland.registry.journal; make them equal.";
        }

        if (self.Store is { } store && elder.Store is { } other && store != other)
        {
            return $"ipvland.registry.connection-string leads to database {store} here and to {other} on {elder.Address}: the registry has one journal, " +
                "wherever it runs; name the same database on both, or set ipvland.cluster.registry = false here.";
        }

        return self.Speech == MemberRoles.SpeechOf(MemberRoles.SqliteRegistry) && self.Roles.Contains(MemberRoles.Registry) && elder.Roles.Contains(MemberRoles.Registry)
            ? $"this host and {elder.Address} both have ipvland.cluster.registry = true with the registry in SQLite, which is on one host: set it to false here, keep the registry in PostgreSQL, or, if that host is gone for good, ipvlanctl cluster forget it."
            : null;
    }
}
