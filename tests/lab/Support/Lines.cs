using Xunit;

namespace IpvlanActors.Tests.Lab.Support;

internal static class Lines
{
    /// <summary>The same lines, in whatever order; a failure shows those that are missing and those that are too many.</summary>
    public static void Same(IEnumerable<string> expected, IEnumerable<string> actual)
    {
        var missing = expected.ToList();
        var extra = actual.Where(line => !missing.Remove(line)).ToList();
        var difference = string.Concat(missing.Select(l => $"\n  missing: {l}").Concat(extra.Select(l => $"\n  extra:   {l}")));
        Assert.True(difference.Length == 0, $"Not the same:{difference}");
    }
}
