using System.Net.Sockets;
using System.Text;

namespace IpvlanActors.Daemon.Machine;

/// <summary>What systemd is told (sd_notify(3)): whoever is ordered after this service waits until its doors are open.</summary>
internal static class Systemd
{
    private const string Variable = "NOTIFY_SOCKET";

    public static void Ready() => Tell("READY=1\nSTATUS=");

    /// <summary>It waits another half minute from now on; <c>systemctl status</c> shows the text.</summary>
    public static void StillStarting(string text) => Tell($"STATUS={text}\nEXTEND_TIMEOUT_USEC=30000000");

    /// <summary>Does nothing where nobody wants to know.</summary>
    private static void Tell(string words)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 1 } path)
            return;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.ASCII.GetBytes(words), new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));
        }
        catch (SocketException e)
        {
            Console.Error.WriteLine($"ipvland: systemd could not be told at {path}: {e.Message}");
        }
    }
}
