using System.Buffers.Binary;

namespace IpvlanActors.Daemon.Probe;

/// <summary>
/// What goes between the daemons: 16 bytes, "ipvlec" (6), the version (1), whether it asks or answers (1), the asker's
/// number (8). An answer is as long as its question, so nobody can have more sent than he sends.
/// </summary>
public static class EchoPacket
{
    public const int Length = 16;

    private const int VersionAt = 6;
    private const int KindAt = 7;
    private const int NumberAt = 8;
    private const byte Version = 1;

    private static ReadOnlySpan<byte> Mark => "ipvlec"u8;

    public static void Write(Span<byte> packet, EchoKind kind, ulong number)
    {
        Mark.CopyTo(packet);
        packet[VersionAt] = Version;
        packet[KindAt] = (byte)kind;
        BinaryPrimitives.WriteUInt64BigEndian(packet[NumberAt..], number);
    }

    /// <returns>False for anything that is not exactly one of ours.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, out EchoKind kind, out ulong number)
    {
        (kind, number) = (default, 0);
        if (packet.Length != Length || !packet.StartsWith(Mark) || packet[VersionAt] != Version)
            return false;
        kind = (EchoKind)packet[KindAt];
        number = BinaryPrimitives.ReadUInt64BigEndian(packet[NumberAt..]);
        return kind is EchoKind.Question or EchoKind.Answer;
    }
}

public enum EchoKind : byte
{
    Question = 1,
    Answer = 2,
}
