namespace IpvlanActors.Domain.Feeds;

/// <summary>Bytes that nobody changes any more: equal by content, ordered byte by byte.</summary>
public readonly record struct Octets : IComparable<Octets>
{
    private readonly byte[]? _bytes;

    private Octets(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Span => _bytes;

    public int Length => _bytes?.Length ?? 0;

    public ReadOnlyMemory<byte> Memory => _bytes;

    public static Octets Of(ReadOnlySpan<byte> bytes) => new(bytes.ToArray());

    /// <summary>Without a copy: whoever gives the array away does not keep it.</summary>
    public static Octets Owning(byte[] bytes) => new(bytes);

    public bool Equals(Octets other) => Span.SequenceEqual(other.Span);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public int CompareTo(Octets other) => Span.SequenceCompareTo(other.Span);

    public override string ToString() => Convert.ToHexStringLower(Span);
}
