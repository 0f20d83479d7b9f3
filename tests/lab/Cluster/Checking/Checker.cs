using System.Collections.Immutable;
using System.Globalization;

namespace IpvlanActors.Tests.Lab.Cluster.Checking;

/// <summary>
/// Judges a run by its evidence alone. Pure: the same evidence gives the same violations, so that each rule has a unit
/// test with a run that breaks it, and one that is sound.
/// </summary>
public static class Checker
{
    public static ImmutableArray<Violation> Check(Evidence evidence)
    {
        var claims = Claims.Of(evidence.Hosts);
        return
        [
            .. Addresses.Check(evidence),
            .. claims.Check(evidence.Hosts),
            .. Routes.Check(evidence, claims),
            .. evidence.Rounds.Where(r => r.Settled).SelectMany(r => Rest.Check(r, evidence.Hosts, claims)),
            .. KernelRules.Check(evidence, claims),
            .. Doors.Check(evidence),
        ];
    }

    internal static string Time(DateTimeOffset at) =>
        at == DateTimeOffset.MaxValue ? "the end" : at.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
