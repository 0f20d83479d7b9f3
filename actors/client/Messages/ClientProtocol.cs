namespace IpvlanActors.Client.Messages;

/// <summary>What both sides have to agree on beside the schema.</summary>
internal static class ClientProtocol
{
    public const string ActorName = "client";

    /// <summary>On every host that serves clients.</summary>
    public const string Path = "/user/" + ActorName;

    /// <summary>The name of the hosts' actor system.</summary>
    public const string System = "ipvland";

    /// <summary>Hosts, and nobody else in the cluster, have a role that begins so; their id follows.</summary>
    public const string HostRole = "host-";

    /// <summary>Services that are members have it, by which hosts know that they are none of theirs.</summary>
    public const string ServiceRole = "service";

    /// <summary>
    /// Of what a node understands; raised with whatever a service must not say to a node that would overlook it. The request
    /// then needs that level, and an older node refuses it instead of doing the half of it.
    /// </summary>
    public const int NodeLevel = 2;

    /// <summary>Several addresses of a family.</summary>
    public const uint AddressesLevel = 2;

    /// <summary>Larger frames hold up the heartbeats of the cluster.</summary>
    public const int MaxBytes = 64 * 1000;

    public const string RequestInvalid = "request-invalid";
    public const string RequestUnknown = "request-unknown";
}

/// <summary>Bytes came that are no message. The one who sent them hears of it, where an exception would leave it waiting.</summary>
/// <param name="Why">A sentence.</param>
internal sealed record Unreadable(string Why);
