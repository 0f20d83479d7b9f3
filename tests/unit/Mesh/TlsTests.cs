using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Akka.Actor.Setup;
using Akka.Remote.Transport.DotNetty;
using IpvlanActors.Client.Security;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Security;
using IpvlanActors.Runtime;
using IpvlanActors.Tests.Unit.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Mesh;

/// <summary>Real meshes on loopback: who gets in, and what those who do not can do.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TestAuthority Ours = new("our CA");
    private static readonly TestAuthority Theirs = new("their CA");
    private readonly List<TlsHost> _hosts = [];
    private readonly int[] _ports = BareMesh.FreePorts(2);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
    }

    [Fact]
    public async Task Hosts_of_one_CA_are_a_cluster_and_whatever_else_knocks_costs_them_nothing()
    {
        var (one, two) = (Host(0, seed: 0, () => Ours.Host()), Host(1, seed: 0, () => Ours.Host()));
        await Up(one, two);

        await Knock(one, "GET / HTTP/1.1\r\nHost: h1\r\n\r\n");
        await Knock(one, "\0\0\0\u0010junk that is no TLS record at all, and then some more of it");
        await Knock(one, Theirs.Host());
        await Knock(one, Ours.Expired());
        await Knock(one, Ours.NotYet());
        await Knock(one, credentials: null);

        Assert.Equal(3, one.Refusals); // the one without a certificate has none to be judged
        Assert.Equal((1, 1), (one.Starts, two.Starts));
        await Up(one, two);
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("foreign")]
    public async Task A_host_that_others_must_not_speak_to_costs_them_one_association_until_it_is_renewed(string what)
    {
        var bad = Host(0, seed: 0, () => what == "expired" ? Ours.Expired() : Theirs.Host());
        await Eventually.True(() => bad.IsUpWith(1), "the bad host is a cluster by itself", seconds: 60);
        var good = Host(1, seed: 0, () => Ours.Host());

        await Eventually.True(() => good.Refusals >= 3, "it has called, and refused what it was shown, again and again", seconds: 60);
        Assert.Equal(1, good.Starts);
        Assert.DoesNotContain(good.Cluster.Members, m => !m.IsSelf);
        Assert.True(bad.IsUpWith(1));

        await bad.DisposeAsync();
        _hosts.Remove(bad);
        var renewed = Host(0, seed: 0, () => Ours.Host());
        await Up(renewed, good);
        Assert.Equal(1, good.Starts);
    }

    [Fact]
    public async Task A_host_whose_own_certificate_is_no_good_says_so_and_joins_once_it_is_renewed()
    {
        var one = Host(0, seed: 0, () => Ours.Host());
        var renewed = false;
        var two = Host(1, seed: 0, () => Volatile.Read(ref renewed) ? Ours.Host() : throw new CredentialsException("it has expired: renew it."));

        await Eventually.True(() => two.Cluster.Trouble?.Contains("it has expired: renew it.", StringComparison.Ordinal) == true, "it says why it is in no cluster", seconds: 60);
        Volatile.Write(ref renewed, true);

        await Up(one, two);
        Assert.Null(two.Cluster.Trouble);
    }

    private TlsHost Host(int port, int seed, Func<HostCredentials> credentials)
    {
        var host = new TlsHost(_ports[port], _ports[seed], credentials);
        _hosts.Add(host);
        return host;
    }

    private static Task Up(TlsHost one, TlsHost two) => Eventually.True(() => one.IsUpWith(2) && two.IsUpWith(2), "both are up and see each other", seconds: 60);

    /// <summary>Plain bytes; the other side must hang up.</summary>
    private static async Task Knock(TlsHost host, string bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", host.Port).WaitAsync(Patience);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(bytes)).AsTask().WaitAsync(Patience);
        await HungUp(client.GetStream());
    }

    /// <summary>Whoever trusts everybody, and shows this; the other side must hang up.</summary>
    private static async Task Knock(TlsHost host, HostCredentials? credentials)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", host.Port).WaitAsync(Patience);
#pragma warning disable CA5359 // an intruder is not particular
        await using var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "h",
                ClientCertificates = credentials is null ? null : [credentials.Certificate],
            }).WaitAsync(Patience);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return; // refused already
        }

        await HungUp(stream);
    }

    private static async Task HungUp(Stream stream)
    {
        var buffer = new byte[1024];
        try
        {
            while (await stream.ReadAsync(buffer).AsTask().WaitAsync(Patience) > 0)
            {
            }
        }
        catch (IOException)
        {
            // or it was rude
        }
    }

    /// <summary>A host that speaks TLS as the daemon does, and counts whom it refuses.</summary>
    private sealed class TlsHost : IAsyncDisposable
    {
        private readonly BareMesh _mesh;
        private int _refusals;

        /// <param name="credentials">Asked for at each start of the mesh.</param>
        public TlsHost(int port, int seed, Func<HostCredentials> credentials) =>
            _mesh = new(port, seed, HoconFiles.MeshTls, [], () => Setup(credentials()));

        public int Port => _mesh.Port;

        public int Starts => _mesh.Starts;

        public int Refusals => Volatile.Read(ref _refusals);

        public ClusterBoard Cluster => _mesh.Cluster;

        public bool IsUpWith(int members) => _mesh.IsUpWith(members);

        public ValueTask DisposeAsync() => _mesh.DisposeAsync();

        private ActorSystemSetup Setup(HostCredentials ours)
        {
            var real = ours.ForRemoting();
            return ActorSystemSetup.Create(new DotNettySslSetup(real.Certificate, real.SuppressValidation, real.RequireMutualAuthentication, (theirs, chain, peer, errors, log) =>
            {
                if (real.CustomValidator!(theirs, chain, peer, errors, log))
                    return true;
                Interlocked.Increment(ref _refusals);
                return false;
            }));
        }
    }
}
