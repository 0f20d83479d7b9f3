using Xunit;

namespace IpvlanActors.Tests.Lab.Crash;

/// <summary>
/// The points at which the daemon kills itself if it is told to, by the command that passes them. The one list: a
/// point added to the daemon is added here.
/// </summary>
internal static class CrashPoints
{
    public static readonly TheoryData<string> Create =
    [
        "network-create.reserved",
        "network-create.created",
        "network-create.attached",
        "network-create.linked",
    ];

    public static readonly TheoryData<string> Join =
    [
        "block-claim.journaled",
        "endpoint-join.granted",
        "endpoint-join.allocated",
        "endpoint-join.journaled",
        "endpoint-join.plugged",
    ];

    public static readonly TheoryData<string> Leave =
    [
        "endpoint-leave.unplugged",
        "endpoint-rm.journaled",
        "endpoint-rm.released",
    ];

    /// <summary>On the host that leaves.</summary>
    public static readonly TheoryData<string> LeaveCluster =
    [
        "cluster-leave.surrendered",
        "cluster-leave.forgotten",
    ];

    /// <summary>On the registry's host, while another is forgotten.</summary>
    public static readonly TheoryData<string> Forget =
    [
        "host-forget.journaled",
        "host-forget.taken",
    ];

    /// <summary>On the host that returns after it was forgotten.</summary>
    public static readonly TheoryData<string> Fence =
    [
        "block-lost.journaled",
        "endpoint-fence.journaled",
    ];

    /// <summary>All but the second on the registry's host; that one on the owner's.</summary>
    public static readonly TheoryData<string> Lend =
    [
        "loan.offered",
        "loan.lent-out",
        "loan.agreed",
        "loan.lent",
    ];

    /// <summary>The first on the host that gives a block back, the second on the registry's.</summary>
    public static readonly TheoryData<string> GiveBack =
    [
        "block-release.surrendered",
        "block-release.released",
    ];

    public static readonly TheoryData<string> Remove =
    [
        "network-rm.surrendered",
        "network-rm.removed",
        "network-rm.freed",
        "network-rm.detached",
        "network-rm.unlinked",
    ];
}
