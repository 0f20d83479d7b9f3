using Xunit;

namespace IpvlanActors.Tests.Lab.Crash;

/// <summary>
/// The points at which IPVLAND_CRASH_AT makes the daemon kill itself, by the command that passes them. The one list: a
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

    public static readonly TheoryData<string> Remove =
    [
        "network-rm.surrendered",
        "network-rm.removed",
        "network-rm.freed",
        "network-rm.detached",
        "network-rm.unlinked",
    ];
}
