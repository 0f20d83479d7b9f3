using System.Net.Sockets;

namespace IpvlanActors.Daemon.Machine;

/// <summary>
/// One node per network namespace: two would each sweep away what bears the mark of both. Held as an abstract Unix socket,
/// which belongs to the namespace and goes with the process, however it ends.
/// </summary>
internal static class NamespaceLock
{
    /// <exception cref="InvalidOperationException">Another node runs here.</exception>
    public static IDisposable Take()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint("\0ipvland.node"));
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            throw new InvalidOperationException("another ipvland runs in this network namespace: stop it first, or run this one in a namespace of its own.");
        }
    }
}
