using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Cni.Node;

/// <summary>Refusals of the node in CNI's codes, by what a runtime can do about them.</summary>
internal static class Refusals
{
    public static CniException ToError(int status, IReadOnlyList<ProblemReason> reasons) => new(
        Code(status, reasons[0].Code), reasons[0].Text,
        string.Join("; ", reasons.Skip(1).Select(r => r.Text).Append(reasons[0].Code)).Trim());

    private static int Code(int status, string code) => (status, code) switch
    {
        (503, _) => CniCode.TryAgain,
        (_, "netns-invalid") => CniCode.ContainerUnknown,
        (_, "ifname-invalid") => CniCode.Environment,
        (_, "interface-missing" or "endpoint-unknown") => CniCode.Missing,
        (_, "kernel-refused" or "kernel-lacks" or "parent-down" or "network-degraded") => CniCode.Kernel,
        (_, "network-differs" or "parent-in-use" or "subnet-taken" or "network-unknown" or "reference-ambiguous") => CniCode.InvalidConfiguration,
        (409, _) => CniCode.InTheWay,
        (400, _) => CniCode.InvalidConfiguration,
        _ => CniCode.Other,
    };

    /// <summary>For STATUS: whether only new containers are concerned, or those too that are there.</summary>
    public static CniException ToStatus(CniException why) => new(
        why.Details is "parent-missing" or "parent-down" or "network-degraded" ? CniCode.Limited : CniCode.Unavailable, why.Message, why.Details);
}
