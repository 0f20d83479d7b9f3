using Akka.Actor;
using Akka.Persistence;
using Xunit;

namespace IpvlanActors.Tests.Unit.Journal.Conformance;

/// <summary>What every snapshot store owes Akka.Persistence.</summary>
public abstract class SnapshotStoreSpec(Plugin plugin) : PluginSpec(plugin)
{
    private static readonly DateTime Noon = new(2030, 1, 2, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task An_unknown_id_has_no_snapshot()
    {
        await SavedFive(Id);

        Assert.Null(await Loaded(Id + "-of-nobody", SnapshotSelectionCriteria.Latest));
    }

    [Fact]
    public async Task The_latest_snapshot_is_the_one_with_the_highest_number()
    {
        await SavedFive(Id);

        var found = await Loaded(Id, SnapshotSelectionCriteria.Latest);

        Assert.Equal(State(50), found?.Snapshot);
        Assert.Equal(50, found?.Metadata.SequenceNr);
        Assert.Equal(Noon.AddMinutes(50), found?.Metadata.Timestamp);
    }

    [Theory]
    [InlineData(50, 50)]
    [InlineData(49, 40)]
    [InlineData(30, 30)]
    [InlineData(10, 10)]
    [InlineData(9, null)]
    public async Task A_snapshot_is_chosen_by_the_highest_number_allowed(long max, int? expected)
    {
        await SavedFive(Id);

        Assert.Equal(expected, Number(await Loaded(Id, new(max))));
        Assert.Equal(expected, Number(await Loaded(Id, SnapshotSelectionCriteria.Latest, to: max)));
    }

    [Theory]
    [InlineData(60, 50)]
    [InlineData(50, 50)]
    [InlineData(49, 40)]
    [InlineData(9, null)]
    public async Task A_snapshot_is_chosen_by_the_latest_time_allowed(int minutes, int? expected)
    {
        await SavedFive(Id);

        Assert.Equal(expected, Number(await Loaded(Id, new(long.MaxValue, Noon.AddMinutes(minutes)))));
    }

    [Fact]
    public async Task Number_and_time_must_both_be_allowed()
    {
        await SavedFive(Id);

        Assert.Equal(20, Number(await Loaded(Id, new(29, Noon.AddMinutes(45)))));
        Assert.Equal(20, Number(await Loaded(Id, new(45, Noon.AddMinutes(29)))));
    }

    [Fact]
    public async Task A_snapshot_of_the_same_number_replaces_the_older_one()
    {
        await Saved(Id, 10, Noon, State(1));
        await Saved(Id, 10, Noon.AddHours(1), State(2));

        var found = await Loaded(Id, SnapshotSelectionCriteria.Latest);

        Assert.Equal(State(2), found?.Snapshot);
        Assert.Equal(Noon.AddHours(1), found?.Metadata.Timestamp);
        await DeletedOne(Id, new(Id, 10, DateTime.MinValue));
        Assert.Null(await Loaded(Id, SnapshotSelectionCriteria.Latest));
    }

    [Fact]
    public async Task One_snapshot_is_deleted_by_its_number()
    {
        await SavedFive(Id);
        await SavedFive(Id + "-other");

        await DeletedOne(Id, new(Id, 50, DateTime.MinValue));
        await DeletedOne(Id, new(Id, 30, Noon.AddMinutes(30)));
        await DeletedOne(Id, new(Id, 99, DateTime.MinValue));

        Assert.Equal([10, 20, 40], await Kept(Id));
        Assert.Equal([10, 20, 30, 40, 50], await Kept(Id + "-other"));
    }

    [Fact]
    public async Task Snapshots_are_deleted_by_highest_number_and_latest_time()
    {
        await SavedFive(Id);
        await SavedFive(Id + "-other");

        await DeletedMany(Id, new(20));
        Assert.Equal([30, 40, 50], await Kept(Id));

        await DeletedMany(Id, new(long.MaxValue, Noon.AddMinutes(35)));
        Assert.Equal([40, 50], await Kept(Id));

        await DeletedMany(Id, SnapshotSelectionCriteria.Latest);
        Assert.Empty(await Kept(Id));
        Assert.Equal(5, (await Kept(Id + "-other")).Count);
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_serialized_fails_and_the_older_ones_stay()
    {
        await SavedFive(Id);
        var probe = CreateTestProbe();
        Store.Tell(new SaveSnapshot(new(Id, 60, Noon), new Unwritable()), probe);

        var failure = await probe.ExpectMsgAsync<SaveSnapshotFailure>();

        Assert.Contains("an event that cannot be written", failure.Cause.ToString(), StringComparison.Ordinal);
        Assert.Equal(50, Number(await Loaded(Id, SnapshotSelectionCriteria.Latest)));
    }

    [Fact]
    public async Task A_large_snapshot_comes_back_whole()
    {
        var large = new Noted(new string('x', 5_000_000) + "end");
        await Saved(Id, 1, Noon, large);

        Assert.Equal(large, (await Loaded(Id, SnapshotSelectionCriteria.Latest))?.Snapshot);
    }

    [Fact]
    public async Task Many_snapshots_at_once_are_all_kept()
    {
        var probe = CreateTestProbe();
        for (var i = 0; i < 50; i++)
            Store.Tell(new SaveSnapshot(new($"{Id}-{i}", 3, Noon), State(i)), probe);
        for (var i = 0; i < 50; i++)
            await probe.ExpectMsgAsync<SaveSnapshotSuccess>();

        for (var i = 0; i < 50; i++)
            Assert.Equal(State(i), (await Loaded($"{Id}-{i}", SnapshotSelectionCriteria.Latest))?.Snapshot);
    }

    [Fact]
    public async Task A_new_actor_system_finds_the_snapshots()
    {
        await SavedFive(Id);

        await Plugin.Restart();

        Assert.Equal(State(50), (await Loaded(Id, SnapshotSelectionCriteria.Latest))?.Snapshot);
    }

    private IActorRef Store => Persistence.Instance.Apply(Plugin.System).SnapshotStoreFor(null);

    private static Noted State(long nr) => new($"state {nr}");

    private static int? Number(SelectedSnapshot? found) => (int?)found?.Metadata.SequenceNr;

    private async Task SavedFive(string id)
    {
        for (var nr = 10; nr <= 50; nr += 10)
            await Saved(id, nr, Noon.AddMinutes(nr), State(nr));
    }

    private async Task Saved(string id, long nr, DateTime at, object state)
    {
        var probe = CreateTestProbe();
        Store.Tell(new SaveSnapshot(new(id, nr, at), state), probe);
        Assert.Equal(nr, (await probe.ExpectMsgAsync<SaveSnapshotSuccess>()).Metadata.SequenceNr);
    }

    private async Task<SelectedSnapshot?> Loaded(string id, SnapshotSelectionCriteria criteria, long to = long.MaxValue)
    {
        var probe = CreateTestProbe();
        Store.Tell(new LoadSnapshot(id, criteria, to), probe);
        return (await probe.ExpectMsgAsync<LoadSnapshotResult>()).Snapshot;
    }

    private async Task<List<int>> Kept(string id)
    {
        var found = new List<int>();
        for (var max = long.MaxValue; Number(await Loaded(id, new(max))) is { } number; max = number - 1)
            found.Insert(0, number);
        return found;
    }

    private async Task DeletedOne(string id, SnapshotMetadata metadata)
    {
        Assert.Equal(id, metadata.PersistenceId);
        var probe = CreateTestProbe();
        Store.Tell(new DeleteSnapshot(metadata), probe);
        await probe.ExpectMsgAsync<DeleteSnapshotSuccess>();
    }

    private async Task DeletedMany(string id, SnapshotSelectionCriteria criteria)
    {
        var probe = CreateTestProbe();
        Store.Tell(new DeleteSnapshots(id, criteria), probe);
        await probe.ExpectMsgAsync<DeleteSnapshotsSuccess>();
    }
}

public sealed class OurSnapshotStoreSpec(OurPlugin plugin) : SnapshotStoreSpec(plugin), IClassFixture<OurPlugin>;

public sealed class TheirSnapshotStoreSpec(TheirPlugin plugin) : SnapshotStoreSpec(plugin), IClassFixture<TheirPlugin>;
