namespace IpvlanActors.Journal;

/// <summary>
/// A row that this version cannot read: written by a newer one, or damaged. Nothing is guessed: a node that left an event
/// out would give out an address twice.
/// </summary>
public sealed class UnreadableEventException : Exception
{
    internal UnreadableEventException(string manifest, string why, Exception? cause = null)
        : base($"The event '{manifest}' cannot be read: {why}.", cause) => Manifest = manifest;

    internal UnreadableEventException(string place, UnreadableEventException cause)
        : base($"{place}: {cause.Message}", cause) => Manifest = cause.Manifest;

    public string Manifest { get; }
}
