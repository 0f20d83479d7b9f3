using System.Net;
using System.Net.Sockets;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Tests.Unit.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Mesh;

/// <summary>Hosts that would misunderstand each other are no cluster.</summary>
public sealed class MisfitTests
{
    private static readonly string Sqlite = MemberRoles.Speaks(MemberRoles.SqliteRegistry);
    private static readonly string Postgres = MemberRoles.Speaks(MemberRoles.PostgresRegistry);

    [Fact]
    public void Who_speaks_as_the_elders_do_may_stay()
    {
        Assert.Null(Misfit.Why(Seat("me", Sqlite), []));
        Assert.Null(Misfit.Why(Seat("me", Sqlite), [Seat("one", Sqlite, MemberRoles.Registry), Seat("two", Sqlite)]));
        Assert.Null(Misfit.Why(Seat("me", Postgres, MemberRoles.Registry), [Seat("one", Postgres, MemberRoles.Registry)]));
    }

    [Theory]
    [InlineData("speaks-3-postgresql")]
    [InlineData("speaks-2-sqlite")]
    [InlineData("some-role-of-before-there-were-such-words")]
    public void Who_speaks_otherwise_must_go_and_hears_both_words(string theirs)
    {
        var why = Misfit.Why(Seat("me", Sqlite), [Seat("one", Sqlite), Seat("10.0.0.9:4053", theirs)]);
        Assert.Contains("'3-sqlite' and 10.0.0.9:4053", why, StringComparison.Ordinal);
        Assert.Contains(theirs.StartsWith("speaks-", StringComparison.Ordinal) ? $"'{theirs[7..]}'" : "'nothing'", why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_among_the_members_fits_anywhere() =>
        Assert.Null(Misfit.Why(Seat("me", Sqlite), [Seat("10.0.0.9:4053", MemberRoles.Service)]));

    [Fact]
    public void A_second_registry_in_SQLite_must_go()
    {
        var why = Misfit.Why(Seat("me", Sqlite, MemberRoles.Registry), [Seat("10.0.0.9:4053", Sqlite, MemberRoles.Registry)]);
        Assert.Contains("10.0.0.9:4053 both have ipvland.cluster.registry = true", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_newcomer_leaves_by_itself_says_why_and_the_elder_never_notices()
    {
        var ports = BareMesh.FreePorts(2);
        await using var elder = new BareMesh(ports[0], ports[0], Akka.Configuration.Config.Empty, [Sqlite]);
        await Eventually.True(() => elder.IsUpWith(1), "the elder is a cluster", seconds: 60);
        await using var newcomer = new BareMesh(ports[1], ports[0], Akka.Configuration.Config.Empty, [Postgres]);

        await Eventually.True(() => newcomer.Cluster.Trouble?.Contains("make them equal", StringComparison.Ordinal) == true, "the newcomer says what does not fit", seconds: 60);
        await Eventually.True(() => newcomer.Starts >= 2 && newcomer.Cluster.Trouble?.Contains("make them equal", StringComparison.Ordinal) == true, "it tries again, with the same end", seconds: 60);
        await Eventually.True(() => elder.IsUpWith(1) && elder.Cluster.Members.Length == 1, "the elder is alone again", seconds: 60);
        Assert.Equal(1, elder.Starts);
    }

    /// <summary>As it is when the others still send to its last life.</summary>
    [Fact]
    public async Task Whom_nobody_lets_in_though_a_seed_is_there_comes_again_as_another()
    {
        using var seed = new TcpListener(IPAddress.Loopback, 0);
        seed.Start();
        var ports = BareMesh.FreePorts(1);
        var soon = Akka.Configuration.ConfigurationFactory.ParseString("ipvland.mesh.join-patience = 1s");
        await using var host = new BareMesh(ports[0], ((IPEndPoint)seed.LocalEndpoint).Port, soon, [Sqlite]);
        await Eventually.True(() => host.Starts >= 2 && host.Cluster.Trouble?.Contains("takes connections, but nobody", StringComparison.Ordinal) == true, "it tries again", seconds: 60);
        seed.Stop();
        var starts = host.Starts;
        await Task.Delay(TimeSpan.FromSeconds(4));
        Assert.InRange(host.Starts, starts, starts + 1); // nobody is there: it waits
    }

    [Fact]
    public void A_registry_that_would_journal_in_another_database_must_go()
    {
        var elder = Seat("10.0.0.9:4053", Postgres, MemberRoles.Registry, "store-7.1");
        var why = Misfit.Why(Seat("me", Postgres, MemberRoles.Registry, "store-7.2"), [elder]);
        Assert.Contains("database 7.2 here and to 7.1 on 10.0.0.9:4053", why, StringComparison.Ordinal);
        Assert.Null(Misfit.Why(Seat("me", Postgres, MemberRoles.Registry, "store-7.1"), [elder]));
        Assert.Null(Misfit.Why(Seat("me", Postgres, MemberRoles.Registry), [elder])); // nobody knows yet
        Assert.Null(Misfit.Why(Seat("me", Postgres), [elder]));
    }

    /// <summary>A database that is down keeps nobody out of the mesh, since routes need none; and the wrong one does as soon as it is up.</summary>
    [Fact]
    public async Task A_database_that_cannot_be_asked_is_asked_again_and_the_wrong_one_is_told_apart_then()
    {
        var ports = BareMesh.FreePorts(2);
        var isDown = true;
        string[] roles = [Postgres, MemberRoles.Registry];
        await using var elder = new BareMesh(ports[0], ports[0], Akka.Configuration.Config.Empty, roles, store: () => Task.FromResult("right"));
        await Eventually.True(() => elder.IsUpWith(1), "the elder is a cluster", seconds: 60);
        await using var newcomer = new BareMesh(ports[1], ports[0], Akka.Configuration.Config.Empty, roles,
            store: () => Volatile.Read(ref isDown) ? Task.FromException<string>(new IOException("down")) : Task.FromResult("wrong"));
        await Eventually.True(() => newcomer.IsUpWith(2), "the newcomer is a member meanwhile", seconds: 60);

        Volatile.Write(ref isDown, false);

        await Eventually.True(() => newcomer.Cluster.Trouble?.Contains("database wrong here and to right", StringComparison.Ordinal) == true, "the newcomer says what does not fit", seconds: 60);
        await Eventually.True(() => elder.IsUpWith(1) && elder.Cluster.Members.Length == 1, "the elder is alone again", seconds: 60);
    }

    private static Seat Seat(string address, params string[] roles) => new(address, [.. roles]);
}
