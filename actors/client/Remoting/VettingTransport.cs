using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Event;
using Akka.Remote.Transport;
using Akka.Remote.Transport.DotNetty;

namespace IpvlanActors.Client.Remoting;

/// <summary>Put into the configuration by its name wherever the mesh is spoken to by TLS: on its hosts and in services alike.</summary>
internal sealed class VettingTransportProvider : ITransportAdapterProvider
{
    public Transport Create(Transport wrappedTransport, ExtendedActorSystem system) => new VettingTransport(wrappedTransport, system);
}

/// <summary>
/// Asks a peer for its certificate, on a connection of its own, before the real transport calls it. A handshake that fails
/// on an outbound connection makes Akka.Remote shut the whole actor system down, so one host with an expired certificate
/// would end the mesh of every host that calls it, again and again. Here it costs that association only, which is tried
/// again like any other that fails. Inbound handshakes need no such care: a failure there ends that connection.
/// </summary>
internal sealed class VettingTransport : Transport
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Transport _wrapped;
    private readonly DotNettySslSetup _ssl;
    private readonly ILoggingAdapter _log;

    /// <exception cref="InvalidOperationException">The actor system was given no credentials.</exception>
    public VettingTransport(Transport wrapped, ExtendedActorSystem system)
    {
        (_wrapped, System, Config) = (wrapped, system, wrapped.Config);
        _log = Logging.GetLogger(system, typeof(VettingTransport));
        _ssl = system.Settings.Setup.Get<DotNettySslSetup>() is { HasValue: true } ssl
            ? ssl.Value
            : throw new InvalidOperationException("TLS needs credentials.");
    }

    public override string SchemeIdentifier => _wrapped.SchemeIdentifier;

    public override long MaximumPayloadBytes => _wrapped.MaximumPayloadBytes;

    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() => _wrapped.Listen();

    public override bool IsResponsibleFor(Address remote) => _wrapped.IsResponsibleFor(remote);

    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        await Vet(remoteAddress).ConfigureAwait(false);
        return await _wrapped.Associate(remoteAddress).ConfigureAwait(false);
    }

    public override Task<bool> Shutdown() => _wrapped.Shutdown();

    public override Task<bool> ManagementCommand(object message) => _wrapped.ManagementCommand(message);

    /// <summary>A peer that cannot be reached at all is left to the real transport, which has the words for it.</summary>
    private async Task Vet(Address peer)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(peer.Host!, peer.Port!.Value, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return;
        }

        try
        {
            using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsClientAsync(Options(peer), limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException)
        {
            _log.Error("host {Peer} is not spoken to: {Reason}", peer, e.Message);
            throw new InvalidAssociationException($"{peer} failed the TLS handshake: {e.Message}", e);
        }
    }

    private SslClientAuthenticationOptions Options(Address peer) => new()
    {
        TargetHost = peer.Host,
        ClientCertificateContext = SslStreamCertificateContext.Create(_ssl.Certificate, additionalCertificates: null, offline: true),
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            _ssl.CustomValidator!(certificate as X509Certificate2, chain, peer.ToString(), errors, _log),
    };
}
