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
        "network-create.name-reserved",
        "network-create.network-created",
        "network-create.parent-journaled",
        "network-create.parent-made",
        "network-create.attached",
    ];

    public static readonly TheoryData<string> Join =
    [
        "endpoint-join.block-claimed",
        "endpoint-join.address-allocated",
        "endpoint-join.endpoint-created",
        "endpoint-join.link-made",
        "endpoint-join.joined",
    ];

    public static readonly TheoryData<string> Leave =
    [
        "endpoint-leave.left",
        "endpoint-leave.link-deleted",
        "endpoint-leave.address-released",
        "endpoint-leave.removed",
    ];

    public static readonly TheoryData<string> Remove =
    [
        "network-rm.detached",
        "network-rm.parent-deleted",
        "network-rm.blocks-released",
        "network-rm.network-removed",
        "network-rm.name-freed",
    ];
}
