namespace IpvlanActors.Daemon.Http.Contract;

/// <summary>One line of GET /v1/routes.</summary>
/// <param name="State">
/// <c>own</c>; <c>accepted</c>, and if its host cannot be reached <c>suspect</c>, if that is no member or not heard of for long
/// <c>stale</c>; <c>withdrawn</c> if its next hop is dead; <c>rejected</c>.
/// </param>
/// <param name="Kernel"><c>installed</c>, <c>missing</c>, <c>conflict</c> or <c>-</c>.</param>
/// <param name="Reason">Why it was rejected, or what it conflicts with; empty otherwise.</param>
public sealed record RouteDetail(
    string Prefix, string Network, string Host, string NextHop, string Device, string State, string Kernel, string Reason)
{
    public string NetworkId { get; init; } = "";

    public string HostId { get; init; } = "";
}

/// <summary>GET /v1/cluster.</summary>
public sealed record ClusterStatus(
    string Self, string Registry, IReadOnlyList<MemberDetail> Members);

/// <param name="Status">Akka's word for it (<c>Up</c>, <c>WeaklyUp</c>, <c>Joining</c>, ...) or <c>gone</c>.</param>
/// <param name="CopyOf">The address of the member whose data directory this one has a copy of, and which counts instead; empty: none.</param>
/// <param name="State">What is thought of its routes: <c>live</c>, <c>suspect</c>, <c>stale</c> or <c>withdrawn</c>; empty for the asked host itself.</param>
/// <param name="Why">Why it is not live; empty otherwise.</param>
public sealed record MemberDetail(
    string Host, string HostId, string Address, string Status, bool Reachable, bool Registry, int Blocks, int Routes, string CopyOf = "",
    string State = "", string Why = "");

/// <summary>GET /v1/status.</summary>
/// <param name="State"><c>starting</c>, <c>ready</c>, <c>degraded</c>, or <c>fenced</c>: no new address is given out here.</param>
/// <param name="Problems">One sentence each, with the way out.</param>
public sealed record NodeStatus(
    string Host,
    string HostId,
    long Incarnation,
    string State,
    IReadOnlyList<string> Problems,
    int Networks,
    int Endpoints,
    int Routes,
    long JournalEvents,
    string DataDirectory,
    DateTimeOffset Started,
    double ReadySeconds)
{
    /// <summary>How many routes and route messages were rejected since the start, by reason.</summary>
    public IReadOnlyDictionary<string, long> Rejected { get; init; } = new Dictionary<string, long>();
}

public sealed record DoctorReport(bool Healthy, IReadOnlyList<DoctorFinding> Findings);

/// <param name="Level"><c>ok</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Advice">What to do; empty for <c>ok</c>.</param>
public sealed record DoctorFinding(string Check, string Level, string Text, string Advice);

public sealed record VersionReply(string Version, string Kernel, string Runtime);
