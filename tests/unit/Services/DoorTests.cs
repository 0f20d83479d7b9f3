using Akka.Actor;
using Google.Protobuf;
using IpvlanActors.Client.Messages;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Runtime.Clients;
using IpvlanActors.Tests.Unit.Runtime;
using Xunit;
using Wire = IpvlanActors.Client.Wire;

namespace IpvlanActors.Tests.Unit.Services;

/// <summary>The door of one host, and whoever knocks.</summary>
public sealed class DoorTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TestHost _host = new();
    private TestNode _node = null!;
    private IActorRef _door = ActorRefs.Nobody;

    public async Task InitializeAsync()
    {
        _node = await _host.Start();
        await _node.Create("db", "10.9.0.0/24", ("parent", "eth0"));
        await _node.Join("db", _host.Container("d1"));
        _door = _node.System.ActorOf(Props.Create<ClientDoorActor>(_node.Context, _node.Gateway), "door");
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    /// <summary>Whatever bytes come in are answered, by a refusal if they make no sense; and who is refused has changed nothing.</summary>
    [Fact]
    public async Task Any_bytes_are_answered_and_what_is_refused_changes_nothing()
    {
        var serializer = new ClientSerializer((ExtendedActorSystem)_node.System);
        var refused = 0;
        foreach (var bytes in Altered().Concat(Random()))
        {
            var message = serializer.FromBinary(bytes, ClientSerializer.RequestManifest);
            if (message is Wire.Request { AskCase: Wire.Request.AskOneofCase.Follow } follow)
                follow.Follow.WaitMs = 0;
            var before = (_node.View.Events, _host.Kernel.ToString());
            var reply = Assert.IsType<Wire.Reply>(await _door.Ask<object>(message, Patience));
            Assert.NotEqual(Wire.Reply.AnswerOneofCase.None, reply.AnswerCase);
            if (reply.AnswerCase != Wire.Reply.AnswerOneofCase.Refused)
                continue;
            refused++;
            Assert.All(reply.Refused.Reasons, r => Assert.NotEqual(("", ""), (r.Code, r.Text)));
            Assert.DoesNotContain(reply.Refused.Reasons, r => r.Text.Contains("failed to answer", StringComparison.Ordinal));
            Assert.Equal(before, (_node.View.Events, _host.Kernel.ToString()));
        }

        Assert.True(refused > 300, $"{refused} were refused");
    }

    [Fact]
    public async Task A_node_in_much_trouble_still_fits_into_an_answer()
    {
        var all = new Wire.Reply { Cluster = new() { Self = ClientReplies.Of(new IpvlanActors.Runtime.Watching.NodeShown("h1", _node.Context.Host, 1, "degraded", [.. Enumerable.Repeat(new string('x', 3000), 100)])) } };
        Assert.InRange(all.CalculateSize(), 20_000, ClientProtocol.MaxBytes);
        var reply = Assert.IsType<Wire.Reply>(await _door.Ask<object>(new Wire.Request { Cluster = new() }, Patience));
        Assert.Equal("h1", reply.Cluster.Self.Name);
    }

    [Theory]
    [InlineData("auto", false)]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public void Without_certificates_it_is_shut_unless_somebody_opens_it(string setting, bool open) =>
        Assert.Equal(open, DaemonSettings.Read(HoconFiles.Load(null, new Dictionary<string, string> { ["IPVLAND_CLIENT_ENABLED"] = setting }), null, null).ServesClients);

    [Fact]
    public void No_other_word_is_taken() => Assert.Contains("client.enabled = perhaps", Assert.Throws<ConfigException>(
        () => DaemonSettings.Read(HoconFiles.Load(null, new Dictionary<string, string> { ["IPVLAND_CLIENT_ENABLED"] = "perhaps" }), null, null)).Message, StringComparison.Ordinal);

    private static IEnumerable<byte[]> Altered()
    {
        foreach (var bytes in WireSamples.All.OfType<Wire.Request>().Select(r => r.ToByteArray()))
        {
            for (var bit = 0; bit < bytes.Length * 8; bit += 5)
            {
                var altered = (byte[])bytes.Clone();
                altered[bit / 8] ^= (byte)(1 << (bit % 8));
                yield return altered;
            }

            for (var length = 0; length < bytes.Length; length += 3)
                yield return bytes[..length];
        }
    }

    private static IEnumerable<byte[]> Random()
    {
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var bytes = new byte[random.Next(100)];
            random.NextBytes(bytes);
            yield return bytes;
        }
    }
}
