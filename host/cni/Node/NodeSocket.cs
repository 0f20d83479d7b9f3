using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace IpvlanActors.Cni.Node;

/// <summary>
/// One request over the node's Unix socket, one answer. Plain HTTP/1.0 on a blocking socket: the library's client costs more
/// than the rest of a run, since it would start for this one request only.
/// </summary>
internal sealed class NodeSocket(string path, TimeSpan patience)
{
    /// <returns>The status, and the body.</returns>
    /// <exception cref="CniException">The node was not reached; or it was, and its answer did not come (<see cref="CniException.IsUnsure"/>).</exception>
    public (int Status, byte[] Body) Send(string method, string target, byte[] body)
    {
        using var socket = Connect();
        try
        {
            Write(socket, method, target, body);
            return Read(Drain(socket)) ?? throw Broken(path, "the connection ended before the answer was complete");
        }
        catch (SocketException e)
        {
            var isLate = e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock or SocketError.TryAgain;
            throw isLate
                ? Broken(path, string.Create(CultureInfo.InvariantCulture, $"none came in {patience.TotalSeconds:0} s"), isGone: false)
                : Broken(path, $"the connection broke ({e.SocketErrorCode})");
        }
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.ReceiveTimeout = socket.SendTimeout = (int)patience.TotalMilliseconds;
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            var why = e switch
            {
                SocketException { SocketErrorCode: SocketError.AccessDenied } => "permission denied; only root may",
                SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "nobody listens",
                SocketException when !File.Exists(path) => "no such file",
                SocketException s => s.SocketErrorCode.ToString(),
                _ => "not the path of a socket",
            };
            throw new CniException(CniCode.TryAgain, $"the ipvland node is not reached at {path} ({why}): start it (systemctl start ipvland), or name its socket by \"socket\" in the configuration") { IsGone = true };
        }
    }

    private static void Write(Socket socket, string method, string target, byte[] body)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{method} {target} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"));
        byte[] all = [.. head, .. body];
        for (var sent = 0; sent < all.Length;)
            sent += socket.Send(all, sent, all.Length - sent, SocketFlags.None);
    }

    private static byte[] Drain(Socket socket)
    {
        var buffer = new byte[8192];
        for (var length = 0; ;)
        {
            if (length == buffer.Length)
                Array.Resize(ref buffer, 2 * length);
            var read = socket.Receive(buffer, length, buffer.Length - length, SocketFlags.None);
            if (read == 0)
                return buffer[..length];
            length += read;
        }
    }

    /// <returns>Null: it is not whole.</returns>
    private static (int Status, byte[] Body)? Read(byte[] answer)
    {
        var end = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return null;
        var lines = Encoding.ASCII.GetString(answer, 0, end).Split("\r\n");
        var words = lines[0].Split(' ');
        var body = answer[(end + 4)..];
        const string Length = "Content-Length:";
        var said = Array.Find(lines, l => l.StartsWith(Length, StringComparison.OrdinalIgnoreCase))?[Length.Length..].Trim();
        var isWhole = said is null || said == body.Length.ToString(CultureInfo.InvariantCulture);
        return isWhole && words.Length > 1 && int.TryParse(words[1], CultureInfo.InvariantCulture, out var status) ? (status, body) : null;
    }

    private static CniException Broken(string path, string why, bool isGone = true) =>
        new(CniCode.TryAgain, $"the ipvland node at {path} gave no answer: {why}; see its log") { IsUnsure = true, IsGone = isGone };
}
