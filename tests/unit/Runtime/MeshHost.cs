using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;
using IpvlanActors.Client;
using IpvlanActors.Daemon;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Journal;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Sqlite;
using IpvlanActors.Tests.Unit.Support;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>One host of a cluster on loopback: everything is real but the kernel.</summary>
/// <param name="seeds">Ports of hosts; the registry is on the first.</param>
internal sealed class MeshHost(string name, string address, int port, params int[] seeds) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Config Quiet = ConfigurationFactory.ParseString("""
        akka.loggers = []
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.persistence.journal.sqlite.synchronous = NORMAL
        """);

    private readonly string _folder = Directory.CreateTempSubdirectory("ipvland-mesh-").FullName;
    private ActorSystem? _system;
    private IActorRef _gateway = ActorRefs.Nobody;
    private NodeContext? _context;

    public FakeKernel Kernel { get; } = new();

    /// <summary>What the mesh takes if it speaks TLS; null: plain text.</summary>
    public Func<ActorSystemSetup>? Credentials { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public Boards Boards => _context!.Boards;

    public HostView View => Boards.View.Current;

    public long Incarnation { get; private set; }

    public int Port => port;

    public string Folder => _folder;

    /// <summary>As the daemon sees it.</summary>
    public Node Node => new(_system!, _context!, _gateway, Incarnation);

    private string Journal => Path.Combine(_folder, "journal.db");

    public async Task Start()
    {
        if (Incarnation == 0)
            Kernel.AddLink("eth0", address + "/24");
        var view = HostJournal.LoadView(Journal);
        var host = view.Host.Id ?? new HostId(Guid.NewGuid());
        _context = new(host, name, FakeKernel.BootId, Clock, new(new HostViewStore(view)), TimeSpan.Zero, static _ => { })
        {
            Journal = $"{Journal} copy {SqliteJournalFile.CopyNumber(Journal)}",
        };
        var persistence = SqlitePersistence.ConfigFor(Journal);
        _system = ActorSystem.Create("host", Quiet.WithFallback(persistence).WithFallback(HoconFiles.Host).WithFallback(JournalSerializer.Config));
        Func<ImmutableArray<Prefix>> surroundings = static () => [];
        var machine = new NodeMachine(() => new KernelDoor(Kernel).Open(), static () => null, surroundings, Mesh(host, persistence))
        {
            MeshSetup = Credentials ?? (static () => ActorSystemSetup.Empty),
            ServesClients = true,
            OpenHistory = () => new HostHistory(Journal),
        };
        var ready = await _system.ActorOf(Props.Create<NodeActor>(_context, machine), "node").Ask<NodeReady>(StartNode.Instance, Patience);
        (_gateway, Incarnation) = (ready.Gateway, ready.Incarnation);
    }

    /// <summary>Puts a copy of another host's journal in the place of this one's, before the first start.</summary>
    public void TakeJournalOf(MeshHost other) => SqliteJournalFile.Backup(other.Journal, Journal);

    public string Backup()
    {
        var file = Path.Combine(_folder, $"backup-{Guid.NewGuid():N}.db");
        SqliteJournalFile.Backup(Journal, file);
        return file;
    }

    /// <summary>As a person does it: the file of the stopped host is overwritten, and is the same one to the file system.</summary>
    public void Restore(string backup)
    {
        File.Delete(Journal + "-wal");
        File.Delete(Journal + "-shm");
        File.Copy(backup, Journal, overwrite: true);
    }

    public async Task Stop()
    {
        if (_system is not null)
            await _system.Terminate().WaitAsync(Patience);
        _system = null;
        await SqliteDatabase.WhenClosed(Journal).WaitAsync(Patience);
    }

    public Task<object> Ask(INodeCommand command) => _gateway.Ask<object>(command, Patience);

    public Task<object> TryJoin(string network, string container, string? ip = null)
    {
        if (Kernel.Identify("/run/netns/" + container).Sandbox is null)
            Kernel.AddSandbox("/run/netns/" + container);
        return Ask(TestNode.Joining(network, container, ip: ip));
    }

    public async Task<Prefix> Join(string network, string container, string? ip = null)
    {
        var answer = await TryJoin(network, container, ip);
        Assert.True(answer is EndpointReply, (answer as Refused)?.Reasons[0].ToString());
        var endpoint = ((EndpointReply)answer).Endpoint;
        return View.Networks[endpoint.Network].Blocks.Keys.Single(b => b.Contains(endpoint.Addresses[0].Address));
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Directory.Delete(_folder, recursive: true);
    }

    private Config Mesh(HostId host, Config persistence)
    {
        var scheme = Credentials is null ? "akka.tcp" : "akka.ssl.tcp";
        var roles = port == seeds[0] ? $"\"{MemberRoles.Registry}\", " : "";
        return ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
            akka.remote.dot-netty.tcp.hostname = "127.0.0.1"
            akka.remote.dot-netty.tcp.port = {{port}}
            akka.cluster.seed-nodes = [{{string.Join(", ", seeds.Select(s => $"\"{scheme}://ipvland@127.0.0.1:{s}\""))}}]
            akka.cluster.seed-node-timeout = 500 ms
            akka.cluster.allow-weakly-up-members = 200 ms
            akka.cluster.roles = [{{roles}}"{{MemberRoles.Host(host)}}"]
            akka.cluster.gossip-interval = 100 ms
            akka.cluster.leader-actions-interval = 100 ms
            """))
            .WithFallback(Credentials is null ? Config.Empty : HoconFiles.MeshTls)
            .WithFallback(Quiet)
            .WithFallback(persistence)
            .WithFallback(HoconFiles.Mesh)
            .WithFallback(JournalSerializer.Config)
            .WithFallback(MeshSerializer.Config)
            .WithFallback(IpvlanClient.Config)
            .WithFallback(DistributedData.DefaultConfig())
            .WithFallback(ClusterSingleton.DefaultConfig());
    }
}
