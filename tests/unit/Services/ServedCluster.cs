using System.Collections.Concurrent;
using IpvlanActors.Client;
using IpvlanActors.Tests.Unit.Mesh;
using IpvlanActors.Tests.Unit.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Services;

/// <summary>A cluster of three with a client that is no member; the registry is on the first.</summary>
public abstract class ServedCluster : IAsyncLifetime
{
    private protected List<MeshHost> Hosts { get; } = [];

    private protected IpvlanClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var ports = BareMesh.FreePorts(3);
        for (var i = 0; i < 3; i++)
        {
            Hosts.Add(new($"h{i + 1}", $"10.0.0.{i + 1}", ports[i], ports));
            await Hosts[i].Start();
        }

        Client = IpvlanClient.Connect(new() { Contacts = [.. ports.Select(p => $"127.0.0.1:{p}")], Timeout = TimeSpan.FromSeconds(40) });
        await Eventually.True(() => Hosts.All(h => h.Boards.Catalogue.Current.Hosts.Count == 3 && h.Boards.Cluster.Current.Members.Count(m => m is { Status: "Up", Reachable: true }) == 3), "all are members", seconds: 60);
    }

    public async Task DisposeAsync()
    {
        await Client.DisposeAsync();
        foreach (var host in Hosts)
            await host.DisposeAsync();
    }

    private protected MeshHost HostNamed(string name) => Hosts[name[1] - '1'];

    private protected async Task<NetworkRef> Web()
    {
        var network = await Client.CreateNetwork(new("web") { Subnets = ["10.1.0.0/16"], Options = new Dictionary<string, string> { ["parent"] = "eth0", ["ipvlan_mode"] = "l3" } });
        await Eventually.True(() => Hosts.All(h => h.View.Networks.Count == 1), "the network is attached everywhere", seconds: 60);
        return network;
    }

    private protected async Task<EndpointInfo> Join(string host, string name, string ip = "")
    {
        HostNamed(host).Kernel.AddSandbox("/run/netns/" + name);
        return await Client.On(host).JoinEndpoint(new("web", name) { Name = name, Ip = ip });
    }

    private protected static async Task<IpvlanRefusedException> Refused(Func<Task> what) => await Assert.ThrowsAsync<IpvlanRefusedException>(what);
}

/// <summary>Takes in all news, as a service does.</summary>
internal sealed class Follower : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _running;

    public Follower(IpvlanClient client, FollowFrom from) => _running = Run(client, from);

    public ConcurrentQueue<News> News { get; } = new();

    public IEnumerable<EventInfo> Events => News.SelectMany(n => n.Events);

    public IEnumerable<string> Names => Events.Select(e => e.Name);

    /// <summary>What there is, by what was told.</summary>
    public IReadOnlyDictionary<(ItemKind, string), ItemInfo> State
    {
        get
        {
            var state = new Dictionary<(ItemKind, string), ItemInfo>();
            foreach (var news in News)
            {
                if (news.StateReset)
                    state.Clear();
                foreach (var change in news.State)
                {
                    if (change.Value is null)
                        state.Remove((change.Kind, change.Key));
                    else
                        state[(change.Kind, change.Key)] = change.Value;
                }
            }

            return state;
        }
    }

    public FollowFrom Next => News.Last().Next;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running.WaitAsync(TimeSpan.FromSeconds(20)));
        _end.Dispose();
    }

    private async Task Run(IpvlanClient client, FollowFrom from)
    {
        await foreach (var news in client.Follow(from, _end.Token))
            News.Enqueue(news);
    }
}
