using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal;
using IpvlanActors.Sqlite;

namespace IpvlanActors.Tests.Bench;

/// <summary>
/// A host's journal of so many events: one isolated network whose endpoints came and went, so that a start replays all of it
/// and has little to do in the kernel.
/// </summary>
internal static class StoryJournal
{
    private const int EventsPerEndpoint = 6;
    private static readonly HostId Host = new(new Guid(7, 7, 7, new byte[8]));
    private static readonly NetworkId Network = NetworkId.From(new Guid(8, 8, 8, new byte[8]));
    private static readonly Stamp At = new(DateTimeOffset.UnixEpoch.AddYears(56), Host);

    /// <returns>How many events there are.</returns>
    public static Task<int> Fill(string folder, int events) => Write(folder, Of(events));

    /// <summary>A host whose network <c>pods</c>, 10.9.0.0/16 on eth0, has so many endpoints that hold their addresses without a link.</summary>
    public static Task<int> Hold(string folder, int leases) => Write(folder, Held(leases));

    /// <summary>
    /// A host with the registry that owns so many /32 blocks of L3 networks and has no endpoint there, so that nobody is told of
    /// them: the first endpoint of a network begins all routes to it at once, the last one ends them.
    /// </summary>
    public static Task<int> Own(string folder, string host, IEnumerable<(string Network, string Subnet, int Blocks)> networks) =>
        Write(folder, Owned(host, networks));

    private static async Task<int> Write(string folder, IEnumerable<(string Id, List<object> Events)> stories)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "journal.db");
        var system = ActorSystem.Create("story", ConfigurationFactory.ParseString("""
            akka.loglevel = ERROR
            akka.stdout-loglevel = OFF
            akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
            """).WithFallback(SqlitePersistence.ConfigFor(path)).WithFallback(JournalSerializer.Config));
        var count = 0;
        foreach (var (id, story) in stories)
        {
            count += story.Count;
            await system.ActorOf(Props.Create<Teller>(id)).Ask<Status.Success>(story, TimeSpan.FromMinutes(1));
        }

        await system.Terminate();
        await SqliteDatabase.WhenClosed(path);
        return count;
    }

    private static IEnumerable<(string Id, List<object> Events)> Of(int events)
    {
        var spec = NetworkSpecReader.Read(new() { Name = "story", Subnets = ["10.1.0.0/16"] }).Spec!;
        var parent = ParentLink.Dummy(Ownership.DummyName(Network));
        var block = BlockOf(spec);
        var here = new List<object>
        {
            new NetworkAttached(At, Network, spec, parent, At.At), new ParentLinkCreated(At, parent), new BlockReceived(At, block, 1),
        };
        yield return (PersistenceIds.Host, [new HostBorn(At, Host), new HostStarted(At, 1, "boot")]);
        yield return (PersistenceIds.Registry, [new HostRegistered(At, Host, "story"), new NetworkNameReserved(At, Network, spec)]);
        yield return (PersistenceIds.Network(Network), [new NetworkCreated(At, Network, spec), new BlockClaimed(At, block, Host, 1)]);
        for (var n = 0; n < events / EventsPerEndpoint; n++)
        {
            var (endpoint, address) = (EndpointId.From(new Guid(n + 1, 0, 0, new byte[8])), block.First.Offset(2));
            here.Add(new AddressAllocated(At, address, endpoint, $"e{n}", AddressKind.Dynamic));
            here.Add(new AddressReleased(At, address, endpoint));
            yield return (PersistenceIds.Endpoint(endpoint),
            [
                new EndpointCreated(At, endpoint, Network, $"e{n}", [new(address, 16)]),
                new EndpointJoined(At, new($"/run/netns/e{n}", 4026531840 + (ulong)n, "boot"), LinkName.Parse("eth0")),
                new EndpointLeft(At, LeaveReason.Asked),
                new EndpointRemoved(At),
            ]);
        }

        yield return (PersistenceIds.HostNetwork(Host, Network), here);
    }

    private static IEnumerable<(string Id, List<object> Events)> Held(int leases)
    {
        var spec = NetworkSpecReader.Read(new()
        {
            Name = "pods",
            Subnets = ["10.9.0.0/16"],
            Options = new Dictionary<string, string> { ["parent"] = "eth0", ["ipvlan_mode"] = "l2" }.ToImmutableSortedDictionary(),
        }).Spec!;
        var addresses = Enumerable.Range(2, leases).Select(n => spec.Subnets[0].Prefix.First.Offset((ulong)n)).ToList();
        var blocks = addresses.Select(a => Prefix.Of(a, 26)).Distinct().ToList();
        yield return (PersistenceIds.Host, [new HostBorn(At, Host), new HostStarted(At, 1, "boot")]);
        yield return (PersistenceIds.Registry, [new HostRegistered(At, Host, "story"), new NetworkNameReserved(At, Network, spec)]);
        yield return (PersistenceIds.Network(Network), [new NetworkCreated(At, Network, spec), .. blocks.Select((b, i) => new BlockClaimed(At, b, Host, i + 1))]);
        var here = new List<object> { new NetworkAttached(At, Network, spec, ParentLink.Given(LinkName.Parse("eth0")), At.At) };
        here.AddRange(blocks.Select((b, i) => new BlockReceived(At, b, i + 1)));
        foreach (var (n, address) in addresses.Index())
        {
            var endpoint = EndpointId.From(new Guid(n + 1, 0, 0, new byte[8]));
            here.Add(new AddressAllocated(At, address, endpoint, $"held{n}", AddressKind.Dynamic));
            yield return (PersistenceIds.Endpoint(endpoint),
            [
                new EndpointCreated(At, endpoint, Network, $"held{n}", [new(address, 16)]),
                new EndpointJoined(At, new($"/run/netns/held{n}", 4026531840 + (ulong)n, "boot"), LinkName.Parse("eth0")),
                new EndpointLeft(At, LeaveReason.Asked),
            ]);
        }

        yield return (PersistenceIds.HostNetwork(Host, Network), here);
    }

    private static IEnumerable<(string Id, List<object> Events)> Owned(string host, IEnumerable<(string Network, string Subnet, int Blocks)> networks)
    {
        var registry = new List<object> { new HostRegistered(At, Host, host) };
        foreach (var (number, (name, subnet, count)) in networks.Index())
        {
            var id = NetworkId.From(new Guid(9, 9, (short)number, new byte[8]));
            var spec = NetworkSpecReader.Read(new()
            {
                Name = name,
                Subnets = [subnet],
                Options = new Dictionary<string, string> { ["parent"] = "eth0", ["ipvlan_mode"] = "l3", ["block_size"] = "32" }.ToImmutableSortedDictionary(),
            }).Spec!;
            var blocks = Enumerable.Range(0, count).Select(n => spec.Subnets[0].Prefix.Nth(32, (ulong)n + 2)).ToList();
            registry.Add(new NetworkNameReserved(At, id, spec));
            yield return (PersistenceIds.Network(id), [new NetworkCreated(At, id, spec), .. blocks.Select((b, i) => new BlockClaimed(At, b, Host, i + 1))]);
            yield return (PersistenceIds.HostNetwork(Host, id),
                [new NetworkAttached(At, id, spec, ParentLink.Given(LinkName.Parse("eth0")), At.At), .. blocks.Select((b, i) => new BlockReceived(At, b, i + 1))]);
        }

        yield return (PersistenceIds.Host, [new HostBorn(At, Host), new HostStarted(At, 1, "boot")]);
        yield return (PersistenceIds.Registry, registry);
    }

    private static Prefix BlockOf(NetworkSpec spec) => Prefix.Of(spec.Subnets[0].Prefix.First, 26);

    /// <summary>Persists what it is told, and says when it is durable.</summary>
    private sealed class Teller(string id) : UntypedPersistentActor
    {
        public override string PersistenceId => id;

        protected override void OnCommand(object message)
        {
            var (asker, left) = (Sender, ((List<object>)message).Count);
            PersistAll((List<object>)message, _ =>
            {
                if (--left == 0)
                    asker.Tell(new Status.Success(null), Self);
            });
        }

        protected override void OnRecover(object message)
        {
        }
    }
}
