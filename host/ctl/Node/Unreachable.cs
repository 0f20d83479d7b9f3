using System.Net.Sockets;

namespace IpvlanActors.Ctl.Node;

/// <summary>Why a node was not reached, and the way out.</summary>
internal static class Unreachable
{
    private const string Start = "start it: systemctl start ipvland, or ./host/run; or name another socket with --socket";

    public static string Text(string socket, Exception? why) => why switch
    {
        SocketException { SocketErrorCode: SocketError.AccessDenied } => $"{socket}: permission denied; run ipvlanctl as root, or name another socket with --socket",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } when File.Exists(socket) => $"{socket}: connection refused (no ipvland listens); {Start}",
        SocketException when !File.Exists(socket) => $"{socket}: no such file; {Start}",
        SocketException other => $"{socket}: {Plain(other)}; {Start}",
        ArgumentException => $"{socket}: not a socket's path (at most 107 bytes); name another with --socket",
        TimeoutException => $"{socket}: connected, but no answer in time; see the log of ipvland, and 'ipvlanctl doctor'",
        _ => $"{socket}: the connection broke before the answer was complete; see the log of ipvland: it may have restarted",
    };

    private static string Plain(SocketException error) => char.ToLowerInvariant(error.Message[0]) + error.Message[1..];
}
