using Akka.Actor;
using Akka.Persistence;
using Akka.TestKit.Xunit2;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal;
using IpvlanActors.Journal.Inspection;
using IpvlanActors.Sqlite;
using Xunit;
using static IpvlanActors.Tests.Unit.Journal.JournalStory;

namespace IpvlanActors.Tests.Unit.Journal;

public class JournalInspectionTests
{
    [Fact]
    public void A_sound_journal_has_no_problems()
    {
        using var file = new JournalFile(Of(70));
        var report = JournalCheck.Run(file.Path);
        Assert.Empty(report.Checks.SelectMany(c => c.Problems));
        Assert.Empty(report.Notes);
        Assert.Contains(report.Checks, c => c.Found == "70 addresses, 70 endpoints, 2 blocks held here, 2 owned in the cluster");
    }

    [Fact]
    public void The_view_is_the_fold_of_what_this_host_wrote()
    {
        using var file = new JournalFile(Of(70));
        file.AddRow("somebody-else", "Whatever", [1, 2, 3], serializer: 1);
        file.AddRow(PersistenceIds.Registry, "FromTheFuture", [1, 2, 3]);

        var view = HostJournal.LoadView(file.Path);

        var expected = Of(70).Aggregate(HostView.Empty, (v, e) => v.Apply(e.Id, e.Event));
        Assert.Equal(expected.Events, view.Events);
        Assert.Equal(expected.Host, view.Host);
        Assert.Equal(70, view.Endpoints.Count);
        Assert.Equal(JournalJson.Write(expected.Networks[Network]), JournalJson.Write(view.Networks[Network]));
    }

    [Fact]
    public void A_file_that_is_not_there_yet_holds_nothing() =>
        Assert.Equal(HostView.Empty, HostJournal.LoadView("/nonexistent/journal.db"));

    [Theory]
    [InlineData(3_300)]
    public void A_view_of_thousands_of_events_is_there_at_once(int endpoints)
    {
        using var file = new JournalFile(Of(endpoints));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var view = HostJournal.LoadView(file.Path);
        Assert.Equal(endpoints, view.Endpoints.Count);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void A_cut_event_is_found_named_and_never_folded()
    {
        using var file = new JournalFile(Of(2));
        file.Execute($"UPDATE event_journal SET payload = substr(payload, 1, 40) WHERE persistence_id = '{EndpointId_(1)}' AND sequence_nr = 1");

        Assert.Contains($"{EndpointId_(1)} #1: The event 'EndpointCreated' cannot be read", Assert.Single(Problems(file)), StringComparison.Ordinal);
        var e = Assert.Throws<UnreadableEventException>(() => HostJournal.LoadView(file.Path));
        Assert.StartsWith($"{EndpointId_(1)} #1: ", e.Message, StringComparison.Ordinal);
        Assert.Throws<UnreadableEventException>(() => JournalReplay.Of(file.Path, EndpointId_(1)));
        Assert.Equal(2, JournalReplay.Of(file.Path, EndpointId_(0)).SequenceNr);
    }

    [Theory]
    [InlineData(1, "event 1 is missing")]
    [InlineData(3, "event 3 is missing")]
    public void A_missing_event_is_a_gap(int sequence, string problem)
    {
        using var file = new JournalFile(Of(3));
        file.Execute($"DELETE FROM event_journal WHERE persistence_id = '{HostNetworkId}' AND sequence_nr = {sequence}");
        Assert.Equal($"{HostNetworkId}: {problem}", Assert.Single(Problems(file)));
    }

    [Fact]
    public void Events_deleted_on_purpose_are_no_gap()
    {
        using var file = new JournalFile(Of(3));
        file.Execute($"DELETE FROM event_journal WHERE persistence_id = '{EndpointId_(1)}' AND sequence_nr = 1");
        file.Execute($"INSERT INTO journal_metadata VALUES ('{EndpointId_(1)}', 1)");
        Assert.Empty(Problems(file));
    }

    [Fact]
    public void An_address_with_two_holders_is_found()
    {
        using var file = new JournalFile(Of(2));
        file.Add((HostNetworkId, new AddressAllocated(At, Address(0), Endpoint(7), "twin", AddressKind.Explicit)));
        Assert.Contains(Problems(file), p => p.Contains($"{Address(0)} has two holders, endpoints {Endpoint(0)} and {Endpoint(7)}", StringComparison.Ordinal));
    }

    public static TheoryData<string> Damages => [.. DamagesByProblem.Keys];

    private static readonly Dictionary<string, (string Id, object Event)> DamagesByProblem = new()
    {
        ["lies in no block of this host"] = (HostNetworkId, new AddressAllocated(At, Ip.Parse("10.1.9.9"), Endpoint(1), "x", AddressKind.Explicit)),
        ["10.1.0.1 is no address for an endpoint: the gateway of 10.1.0.0/16"] = (HostNetworkId, new AddressAllocated(At, Ip.Parse("10.1.0.1"), Endpoint(1), "x", AddressKind.Explicit)),
        ["was not held by endpoint"] = (HostNetworkId, new AddressReleased(At, Address(0), Endpoint(5))),
        ["and owned by host a0a1a2a3a4a5a6a7a8a9aaabacadaeaf with epoch 1"] = (HostNetworkId, new BlockReceived(At, Prefix.Parse("10.1.0.0/26"), 9)),
        ["10.1.0.0/26 was not held with epoch 2"] = (HostNetworkId, new BlockLost(At, Prefix.Parse("10.1.0.0/26"), 2)),
        ["is lent while endpoint"] = (HostNetworkId, new AddressLentOut(At, Address(0), EventSamples.OtherHost, 9)),
        ["10.1.0.9 was not lent out with epoch 9"] = (HostNetworkId, new AddressCameBack(At, Ip.Parse("10.1.0.9"), 9)),
        ["10.1.0.0/26 did not belong to host b0b1"] = (JournalStory.NetworkId, new BlockFenced(At, Prefix.Parse("10.1.0.0/26"), EventSamples.OtherHost, 9)),
        ["10.1.9.9 lay in no block of host a0a1"] = (JournalStory.NetworkId, new LoanOffered(At, Ip.Parse("10.1.9.9"), EventSamples.Host, EventSamples.OtherHost, 9)),
        ["10.1.0.9 was not offered by host a0a1"] = (JournalStory.NetworkId, new AddressLent(At, Ip.Parse("10.1.0.9"), EventSamples.Host, EventSamples.OtherHost, 9)),
        ["10.1.0.9 was not lent with epoch 9"] = (JournalStory.NetworkId, new AddressReturned(At, Ip.Parse("10.1.0.9"), 9)),
        ["is held here with epoch 7, and owned by nobody"] = (HostNetworkId, new BlockReceived(At, Prefix.Parse("10.1.4.0/26"), 7)),
        ["address(es) of 10.1.0.0/26 were still held"] = (HostNetworkId, new BlockSurrendered(At, Prefix.Parse("10.1.0.0/26"), 1)),
        ["1 endpoint(s) still held addresses"] = (HostNetworkId, new NetworkDetached(At)),
        ["is not allocated to it"] = (EndpointId_(3), new EndpointCreated(At, Endpoint(3), Network, "y", [InterfaceAddress.Parse("10.1.0.40/16")])),
        ["the endpoint was not created yet"] = (EndpointId_(3), new EndpointLeft(At, LeaveReason.Asked)),
        ["the endpoint was still joined"] = (EndpointId_(0), new EndpointRemoved(At)),
        ["goes to host b0b1b2b3b4b5b6b7b8b9babbbcbdbebf, but 10.1.0.0/26 belonged to host a0a1"] = (JournalStory.NetworkId, new BlockClaimed(At, Prefix.Parse("10.1.0.0/26"), EventSamples.OtherHost, 2)),
        ["epoch 1 was used before"] = (JournalStory.NetworkId, new BlockClaimed(At, Prefix.Parse("10.1.1.0/26"), EventSamples.OtherHost, 1)),
        ["still had owners"] = (JournalStory.NetworkId, new NetworkRemoved(At)),
        ["start 9 follows start 1"] = (PersistenceIds.Host, new HostStarted(At, 9, "boot-2")),
        ["the host was born before"] = (PersistenceIds.Host, new HostBorn(At, EventSamples.OtherHost)),
        ["the name web belonged to network"] = (PersistenceIds.Registry, new NetworkNameReserved(At, IpvlanActors.Domain.Addressing.NetworkId.From(Guid.NewGuid()), Spec)),
        ["decided by host b0b1"] = (EndpointId_(0), new EndpointLeft(new(At.At, EventSamples.OtherHost), LeaveReason.Asked)),
        ["such an event has no place under this id"] = (PersistenceIds.Host, new NetworkRemoved(At)),
        ["the id belongs to nobody"] = ("pool-7", new NetworkRemoved(At)),
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void What_may_not_follow_is_found(string problem)
    {
        using var file = new JournalFile(Of(1));
        file.Add(DamagesByProblem[problem]);
        Assert.Contains(Problems(file), p => p.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void An_allocation_whose_endpoint_was_never_written_is_noted_and_is_no_problem()
    {
        using var file = new JournalFile(Of(1));
        file.Add((HostNetworkId, new AddressAllocated(At, Address(1), Endpoint(1), "late", AddressKind.Dynamic)));
        var report = JournalCheck.Run(file.Path);
        Assert.True(report.IsSound);
        Assert.Contains("(late) holds 10.1.0.3", Assert.Single(report.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_to_the_file_itself_is_a_problem_and_no_crash()
    {
        using var file = new JournalFile(Of(300));
        file.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        var copy = Path.Combine(file.Directory, "copy.db");
        var bytes = File.ReadAllBytes(file.Path);
        for (var page = 8; page < bytes.Length / 4096; page += 3)
            bytes.AsSpan(page * 4096, 512).Fill(0x5A);
        File.WriteAllBytes(copy, bytes);
        Assert.False(JournalCheck.Run(copy).IsSound);

        File.WriteAllText(copy, new string('x', 10_000));
        Assert.False(JournalCheck.Run(copy).IsSound);
    }

    [Theory]
    [InlineData("host", 1, "\"bootId\": \"\"")]
    [InlineData("registry", 1, "\"networks\": {}")]
    [InlineData("network-c0", 2, "\"10.1.0.0/26\": {")]
    [InlineData("host-a0a1", 2, "\"ownsParent\": true")]
    [InlineData("endpoint-00000001", 1, "\"stage\": \"created\"")]
    public void A_state_is_shown_as_it_was_after_an_event(string beginning, long to, string part)
    {
        using var file = new JournalFile(Of(1));
        var (id, why) = JournalReader.Find(file.Path, beginning);
        Assert.Null(why);
        var replay = JournalReplay.Of(file.Path, id!, to);
        Assert.Equal(to, replay.SequenceNr);
        Assert.Contains(part, replay.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_event_has_words_of_its_own_and_a_form_in_json()
    {
        foreach (var @event in EventSamples.All)
        {
            var facts = JournalText.Facts(@event);
            Assert.NotEmpty(facts);
            Assert.DoesNotContain(" { ", facts, StringComparison.Ordinal);
            Assert.Contains("\"stamp\"", JournalJson.Write(@event), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_event_is_one_line_of_time_number_name_and_facts()
    {
        using var file = new JournalFile(Of(1));
        Assert.Equal(
            "2027-01-15 08:00:00.123Z      4  AddressAllocated    10.1.0.2 to web-0 (000000010000), the lowest free",
            JournalText.Line(JournalReader.Read(file.Path, HostNetworkId).ElementAt(3)));
    }

    private static string[] Problems(JournalFile file) => [.. JournalCheck.Run(file.Path).Checks.SelectMany(c => c.Problems)];
}

/// <summary>The same, on a file that the plug-in wrote and still has open.</summary>
public sealed class JournalThroughAkkaTests : TestKit
{
    private static readonly string Folder = Directory.CreateTempSubdirectory("ipvland-journal-").FullName;
    private static readonly string File_ = Path.Combine(Folder, $"{Guid.NewGuid():N}.db");

    public JournalThroughAkkaTests()
        : base(SqlitePersistence.ConfigFor(File_).WithFallback(JournalSerializer.Config))
    {
    }

    [Fact]
    public void What_actors_persisted_is_read_without_them()
    {
        foreach (var (id, events) in Of(5).GroupBy(e => e.Id, e => e.Event).Select(g => (g.Key, g.ToArray())))
        {
            Sys.ActorOf(Props.Create(() => new Writer(id))).Tell(events, TestActor);
            ExpectMsg(events.Length);
        }

        Assert.Equal(5, HostJournal.LoadView(File_).Endpoints.Count);
        Assert.True(JournalCheck.Run(File_).IsSound);
        Assert.All(JournalReader.Read(File_), e => Assert.Equal(JournalSerializer.Id, e.Row.SerializerId));
        var copy = JournalBackup.Make(File_, Path.Combine(Folder, "copy.db"));
        Assert.Equal(Of(5).Count(), copy.Events);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        Directory.Delete(Folder, recursive: true);
    }

    private sealed class Writer(string id) : UntypedPersistentActor
    {
        public override string PersistenceId => id;

        protected override void OnCommand(object message)
        {
            if (message is not object[] events)
                return;
            var asker = Sender;
            var left = events.Length;
            PersistAll(events, _ =>
            {
                if (--left == 0)
                    asker.Tell(events.Length);
            });
        }

        protected override void OnRecover(object message)
        {
        }
    }
}
