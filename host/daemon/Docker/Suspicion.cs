namespace IpvlanActors.Daemon.Docker;

/// <summary>
/// What was missing at one look may be under way: dockerd lists an endpoint a moment after it has created it. What is
/// missing at every look for a while is lost.
/// </summary>
internal sealed class Suspicion<T>(TimeSpan patience)
    where T : notnull
{
    private Dictionary<T, DateTimeOffset> _since = [];

    public bool IsEmpty => _since.Count == 0;

    /// <param name="missing">All that is missing now.</param>
    /// <returns>What has been missing for as long as it takes.</returns>
    public IReadOnlyList<T> Look(IEnumerable<T> missing, DateTimeOffset now)
    {
        _since = missing.Distinct().ToDictionary(m => m, m => _since.GetValueOrDefault(m, now));
        return [.. _since.Where(s => now - s.Value >= patience).Select(s => s.Key)];
    }

    public void Clear() => _since.Clear();
}
