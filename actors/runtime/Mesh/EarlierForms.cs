using Akka.DistributedData;
using IpvlanActors.Domain.Routes;

namespace IpvlanActors.Runtime.Mesh;

// What earlier versions said and this one does not, since feeds carry it. Still read, so that a message of theirs is not
// taken for damage; their names and numbers stay taken.

/// <summary>A host's whole route set.</summary>
public sealed record RouteSetUpdate(RouteSet Set) : IMeshMessage;

/// <summary>Was answered by <see cref="RouteSetUpdate"/>.</summary>
public sealed record RouteSetRequest : IMeshMessage;

/// <summary>How new a route set or the catalogue is. Now: <see cref="GossipedDigest"/>.</summary>
public sealed record VersionMark(long Incarnation, long Version) : IReplicatedData<VersionMark>
{
    public static VersionMark None { get; } = new(-1, -1);

    public VersionMark Merge(VersionMark other) =>
        (other.Incarnation, other.Version).CompareTo((Incarnation, Version)) > 0 ? other : this;

    public IReplicatedData Merge(IReplicatedData other) => Merge((VersionMark)other);
}

public sealed class VersionMarkKey(string id) : Key<VersionMark>(id);
