using Akka.Actor.Setup;
using IpvlanActors.Client;
using IpvlanActors.Client.Security;
using IpvlanActors.Daemon.Security;
using IpvlanActors.Tests.Unit.Mesh;
using IpvlanActors.Tests.Unit.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Services;

/// <summary>Whoever shows a certificate of the cluster's CA is served, and nobody else.</summary>
public sealed class ClientTlsTests
{
    private static readonly TestAuthority Ours = new("our CA");
    private static readonly TestAuthority Theirs = new("their CA");

    [Fact]
    public async Task A_service_with_a_certificate_is_served_and_one_without_gets_nothing_and_breaks_nothing()
    {
        var port = BareMesh.FreePorts(1)[0];
        await using var host = new MeshHost("h1", "10.0.0.1", port, port) { Credentials = () => ActorSystemSetup.Create(Ours.Host().ForRemoting()) };
        await host.Start();

        await using var good = Client(port, Of(Ours.Host("service")), 60);
        Assert.Equal("h1", (await good.Cluster()).Self.Name);
        await using var foreign = Client(port, Of(Theirs.Host("service")), 2);
        await Assert.ThrowsAsync<TimeoutException>(() => foreign.Cluster());
        await using var plain = Client(port, null, 2);
        await Assert.ThrowsAsync<TimeoutException>(() => plain.Cluster());

        Assert.Equal("web", (await good.CreateNetwork(new("web") { Subnets = ["10.1.0.0/24"] })).Name);
    }

    [Fact]
    public void Plain_text_beyond_this_machine_must_be_wanted()
    {
        var e = Assert.Throws<ArgumentException>(() => IpvlanClient.Connect(new() { Contacts = ["10.0.0.1:4053"], Bind = System.Net.IPAddress.Parse("10.0.0.9") }));
        Assert.Contains("InsecureRemoting", e.Message, StringComparison.Ordinal);
    }

    private static MeshCredentials Of(HostCredentials c) => new(c.Certificate, c.Authorities);

    private static IpvlanClient Client(int port, MeshCredentials? credentials, int seconds) =>
        IpvlanClient.Connect(new() { Contacts = [$"127.0.0.1:{port}"], Credentials = credentials, Timeout = TimeSpan.FromSeconds(seconds) });
}
