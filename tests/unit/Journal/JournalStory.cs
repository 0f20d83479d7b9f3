using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal;
using IpvlanActors.Sqlite.Storage;
using Microsoft.Data.Sqlite;

namespace IpvlanActors.Tests.Unit.Journal;

/// <summary>What a single host writes: the registry, one network, its part here, and endpoints in blocks of 64 addresses.</summary>
internal static class JournalStory
{
    public static readonly HostId Host = EventSamples.Host;
    public static readonly NetworkId Network = EventSamples.Network;
    public static readonly Stamp At = EventSamples.At;
    public static readonly NetworkSpec Spec = Read(new() { Name = "web", Subnets = ["10.1.0.0/16"] });
    public static readonly string HostNetworkId = PersistenceIds.HostNetwork(Host, Network);
    public static readonly string NetworkId = PersistenceIds.Network(Network);

    public static EndpointId Endpoint(int n) => EndpointId.From(new Guid(n + 1, 0, 0, new byte[8]));

    public static string EndpointId_(int n) => PersistenceIds.Endpoint(Endpoint(n));

    public static Ip Address(int n) => Prefix.Parse("10.1.0.0/16").First.Offset((ulong)(n + 2));

    public static IEnumerable<(string Id, object Event)> Of(int endpoints)
    {
        yield return (PersistenceIds.Host, new HostBorn(At, Host));
        yield return (PersistenceIds.Host, new HostStarted(At, 1, "boot-1"));
        yield return (PersistenceIds.Registry, new HostRegistered(At, Host, "h1"));
        yield return (PersistenceIds.Registry, new NetworkNameReserved(At, Network, Spec));
        yield return (NetworkId, new NetworkCreated(At, Network, Spec));
        yield return (HostNetworkId, new NetworkAttached(At, Network, Spec, Dummy, At.At));
        yield return (HostNetworkId, new ParentLinkCreated(At, Dummy));
        for (var n = 0; n < endpoints; n++)
        {
            var block = Prefix.Of(Address(n), 26);
            if (n == 0 || Address(n) == block.First)
            {
                var epoch = 1 + (n + 2) / 64;
                yield return (NetworkId, new BlockClaimed(At, block, Host, epoch));
                yield return (HostNetworkId, new BlockReceived(At, block, epoch));
            }

            yield return (HostNetworkId, new AddressAllocated(At, Address(n), Endpoint(n), $"web-{n}", AddressKind.Dynamic));
            yield return (EndpointId_(n), new EndpointCreated(At, Endpoint(n), Network, $"web-{n}", [new(Address(n), 16)]));
            yield return (EndpointId_(n), new EndpointJoined(At, new($"/run/netns/web-{n}", 4026531840 + (ulong)n, "boot-1"), LinkName.Parse("eth0")));
        }
    }

    private static ParentLink Dummy { get; } = ParentLink.Dummy(Ownership.DummyName(Network));

    private static NetworkSpec Read(NetworkRequest request) => NetworkSpecReader.Read(request).Spec!;
}

/// <summary>A journal's file in a directory of its own, filled by hand.</summary>
internal sealed class JournalFile : IDisposable
{
    private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);
    private readonly SqliteConnection _connection;

    public JournalFile(IEnumerable<(string Id, object Event)>? story = null)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("ipvland-journal-").FullName;
        _connection = new($"Data Source={Path};Pooling=False");
        _connection.Open();
        Execute(Schema.Create);
        Add([.. story ?? []]);
    }

    public string Directory { get; }

    public string Path => System.IO.Path.Combine(Directory, "journal.db");

    public void Add(params (string Id, object Event)[] events)
    {
        Execute("BEGIN");
        foreach (var (id, @event) in events)
            AddRow(id, JournalEvents.Manifest(@event), JournalEvents.Write(@event));
        Execute("COMMIT");
    }

    public void AddRow(string id, string manifest, byte[] payload, int serializer = JournalSerializer.Id, long? sequence = null)
    {
        var number = sequence ?? _last.GetValueOrDefault(id) + 1;
        _last[id] = number;
        using var command = _connection.CreateCommand();
        command.CommandText = Schema.InsertEvent;
        foreach (var (name, value) in new (string, object)[]
        {
            ("$id", id), ("$nr", number), ("$manifest", manifest), ("$timestamp", EventSamples.At.At.Ticks),
            ("$payload", payload), ("$tags", DBNull.Value), ("$serializer", serializer),
        })
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }

    public void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // the tests' own words
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _connection.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
