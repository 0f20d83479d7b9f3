using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Serialization;
using IpvlanActors.Runtime.Mesh;
using Xunit;

namespace IpvlanActors.Tests.Unit.Mesh;

/// <summary>Two actor systems and a TCP connection on loopback between them.</summary>
public sealed class MeshRemotingTests : IAsyncLifetime
{
    private static readonly Config Loopback = ConfigurationFactory.ParseString("""
        akka {
          loglevel = WARNING
          loggers = []
          stdout-loglevel = OFF
          actor.provider = remote
          remote.dot-netty.tcp.hostname = 127.0.0.1
          remote.dot-netty.tcp.port = 0
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        """);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ConcurrentQueue<object> _heard = [];
    private readonly List<ActorSystem> _systems = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Task.WhenAll(_systems.Select(s => s.Terminate()));

    [Fact]
    public async Task Every_message_and_its_answer_cross_the_wire()
    {
        var echo = await Echo(from: Start(MeshSerializer.Config));
        foreach (var message in MeshSamples.All)
        {
            var answer = await echo.Ask<object>(message, Patience);
            Assert.NotSame(message, answer);
            Assert.IsType(message.GetType(), answer);
        }

        Assert.Equal(MeshSamples.All.Select(m => m.GetType()), _heard.Select(m => m.GetType()));
    }

    [Fact]
    public async Task Json_of_a_stranger_never_arrives_and_costs_only_itself()
    {
        var echo = await Echo(from: Start(Config.Empty));
        var complaint = Complaint(_systems[^1], "bytes of JSON refused");
        echo.Tell(new Note("by JSON"));
        await complaint;
        Assert.Equal("ping", await echo.Ask<string>("ping", Patience));
        Assert.Equal(["ping"], _heard);
    }

    [Fact]
    public async Task Malformed_bytes_under_our_number_never_arrive_and_cost_only_themselves()
    {
        var echo = await Echo(from: Start(ConfigurationFactory.ParseString($$"""
            akka.actor.serializers.liar = "{{typeof(Liar).AssemblyQualifiedName}}"
            akka.actor.serialization-bindings."{{typeof(Note).AssemblyQualifiedName}}" = liar
            """)));
        var complaint = Complaint(_systems[^1], "CatalogueUpdate of 3 bytes cannot be read");
        echo.Tell(new Note("a lie"));
        await complaint;
        Assert.Equal("ping", await echo.Ask<string>("ping", Patience));
        Assert.Equal(["ping"], _heard);
    }

    [Fact]
    public async Task What_is_bound_to_nothing_is_not_sent()
    {
        var here = Start(MeshSerializer.Config);
        var echo = await Echo(from: here);
        var complaint = Complaint(here, nameof(Note));
        echo.Tell(new Note("by nothing"));
        await complaint;
        Assert.Equal("ping", await echo.Ask<string>("ping", Patience));
        Assert.Equal(["ping"], _heard);
    }

    /// <summary>A reference, in one system, to an actor in another that says back what it hears.</summary>
    private async Task<IActorRef> Echo(ActorSystem from)
    {
        var there = Start(MeshSerializer.Config);
        var echo = there.ActorOf(Props.Create(() => new EchoActor(_heard)), "echo");
        var address = ((ExtendedActorSystem)there).Provider.DefaultAddress;
        return await from.ActorSelection(echo.Path.ToStringWithAddress(address)).ResolveOne(Patience);
    }

    /// <summary>Done when a system has logged a warning or an error with this in it.</summary>
    private static Task Complaint(ActorSystem system, string text)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ear = system.ActorOf(Props.Create(() => new Ear(text, heard)));
        system.EventStream.Subscribe(ear, typeof(LogEvent));
        return heard.Task.WaitAsync(Patience);
    }

    private ActorSystem Start(Config config)
    {
        var system = ActorSystem.Create("mesh", Loopback.WithFallback(config));
        _systems.Add(system);
        return system;
    }

    public sealed record Note(string Text);

    public sealed class Liar(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 7202;

        public override string Manifest(object o) => "CU1";

        public override byte[] ToBinary(object obj) => [0xFF, 0xFF, 0xFF];

        public override object FromBinary(byte[] bytes, string manifest) => throw new NotSupportedException();
    }

    private sealed class Ear : ReceiveActor
    {
        public Ear(string text, TaskCompletionSource heard) =>
            Receive<LogEvent>(e =>
            {
                if ($"{e.Message} {e.Cause}".Contains(text, StringComparison.Ordinal))
                    heard.TrySetResult();
            });
    }

    private sealed class EchoActor : ReceiveActor
    {
        public EchoActor(ConcurrentQueue<object> heard) => ReceiveAny(message =>
        {
            heard.Enqueue(message);
            Sender.Tell(message);
        });
    }
}
