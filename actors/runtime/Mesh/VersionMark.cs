using Akka.DistributedData;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>
/// How new something is that one writer publishes (a host's route set, the registry's catalogue). This, and not the thing
/// itself, goes round by gossip: whoever sees a mark newer than what it holds asks for the rest. Merging two takes the
/// larger, so neither order nor repetition nor any clock matters.
/// </summary>
/// <param name="Incarnation">Counts the writer's starts; 0 where versions never start over.</param>
public sealed record VersionMark(long Incarnation, long Version) : IReplicatedData<VersionMark>
{
    public static VersionMark None { get; } = new(-1, -1);

    public bool IsNewerThan(VersionMark other) => (Incarnation, Version).CompareTo((other.Incarnation, other.Version)) > 0;

    public VersionMark Merge(VersionMark other) => other.IsNewerThan(this) ? other : this;

    public IReplicatedData Merge(IReplicatedData other) => Merge((VersionMark)other);
}

/// <summary>The key of one writer's <see cref="VersionMark"/>.</summary>
public sealed class VersionMarkKey(string id) : Key<VersionMark>(id)
{
    public const string Catalogue = "catalogue";

    private const string RoutesPrefix = "routes/";

    public static VersionMarkKey Routes(Domain.Addressing.HostId host) => new(RoutesPrefix + host);
}
