using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal;
using IpvlanActors.Journal.Inspection;
using IpvlanActors.Runtime.Watching;
using IpvlanActors.Sqlite;

namespace IpvlanActors.Daemon.Journal;

/// <summary>The host's journal for those who follow it: a share in the open file, read beside its writer.</summary>
public sealed class HostHistory(string path) : IHistory
{
    private readonly SqliteDatabase _database = SqliteDatabase.Open(path);
    private Action? _written;

    public void Follow(Action written)
    {
        _written = written;
        _database.Written += written;
    }

    public async Task<Cursor> Last()
    {
        var last = await _database.MaxOrdering();
        return (await _database.After(last - 1, 1)) is [var row] ? CursorOf(row) : new(last, null);
    }

    public async Task<ImmutableArray<Recorded>> After(long ordering, int max)
    {
        var entries = (await _database.After(ordering, max)).ConvertAll(JournalReader.Read);
        var networks = await NetworksOf(entries);
        return [.. entries.Select(e => Recorded(e, networks))];
    }

    public JournalChange Tell(Recorded recorded) => Told(recorded);

    /// <summary>An event that was read by itself. Of an endpoint's only the first says of which network it is.</summary>
    public static JournalChange Alone(JournalEntry entry) =>
        Told(Recorded(entry, entry is { Event: EndpointCreated e } ? new() { [e.Endpoint] = e.Network } : []));

    private static JournalChange Told(Recorded recorded) => new(
        recorded.Cursor.ToString(), recorded.At, recorded.Event is { } e ? JournalEvents.StampOf(e).Host : default,
        recorded.PersistenceId, recorded.SequenceNr, recorded.Name,
        recorded.Event is { } known ? JournalText.Facts(known) : "this version cannot read it",
        recorded.Event is { } whole ? JournalJson.WriteLine(whole) : "{}")
    {
        Network = recorded.Network,
        Endpoint = recorded.Endpoint,
    };

    public void Dispose()
    {
        _database.Written -= _written;
        _database.Dispose();
    }

    /// <summary>Of a row that nobody else's journal has: the time of writing is in it, to 100 ns.</summary>
    private static Cursor CursorOf(JournalRow row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{row.PersistenceId} {row.SequenceNr} {row.Timestamp} {row.Manifest} ")));
        hash.AppendData(row.Payload);
        return new(row.Ordering, BinaryPrimitives.ReadUInt32BigEndian(hash.GetHashAndReset()));
    }

    private static Recorded Recorded(JournalEntry entry, Dictionary<EndpointId, NetworkId> networks)
    {
        var (row, endpoint) = (entry.Row, EndpointOf(entry));
        NetworkId? network = PersistenceIds.IsNetwork(row.PersistenceId, out var id) || PersistenceIds.IsHostNetwork(row.PersistenceId, out id)
            ? id
            : endpoint is { } e && networks.TryGetValue(e, out var its) ? its : NetworkIn(entry.Event);
        return new(CursorOf(row), row.PersistenceId, row.SequenceNr, entry.At, row.Manifest, entry.Event, network, endpoint);
    }

    private static NetworkId? NetworkIn(object? @event) => @event switch
    {
        NetworkNameReserved e => e.Network,
        NetworkNameFreed e => e.Network,
        _ => null,
    };

    private static EndpointId? EndpointOf(JournalEntry entry) => entry.Event switch
    {
        AddressAllocated e => e.Endpoint,
        AddressReleased e => e.Endpoint,
        _ => PersistenceIds.IsEndpoint(entry.Row.PersistenceId, out var endpoint) ? endpoint : null,
    };

    /// <summary>Only an endpoint's first event says of which network it is.</summary>
    private async Task<Dictionary<EndpointId, NetworkId>> NetworksOf(List<JournalEntry> entries)
    {
        var known = new Dictionary<EndpointId, NetworkId>();
        foreach (var entry in entries)
        {
            if (!PersistenceIds.IsEndpoint(entry.Row.PersistenceId, out var endpoint) || known.ContainsKey(endpoint))
                continue;
            var first = entry.Event as EndpointCreated
                ?? (await _database.Of(entry.Row.PersistenceId, 0, 1)).Select(JournalReader.Read).FirstOrDefault()?.Event as EndpointCreated;
            if (first is not null)
                known[endpoint] = first.Network;
        }

        return known;
    }
}
