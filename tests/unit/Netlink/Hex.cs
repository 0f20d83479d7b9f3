using IpvlanActors.Netlink.Sockets;
using IpvlanActors.Netlink.Wire;

namespace IpvlanActors.Tests.Unit.Netlink;

/// <summary>Golden bytes, written by hand: one attribute per line, <c>#</c> begins a remark.</summary>
internal static class Hex
{
    public static string Of(Request request)
    {
        var buffer = new byte[4096];
        var writer = new NetlinkWriter(buffer);
        request(ref writer, 7);
        return Convert.ToHexStringLower(writer.Written);
    }

    public static string Golden(string lines) =>
        string.Concat(lines.Split('\n').Select(l => l.Split('#')[0].Replace(" ", "", StringComparison.Ordinal).Trim()));

    public static byte[] Bytes(string lines) => Convert.FromHexString(Golden(lines));
}
