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
    [InlineData("speaks-2-postgresql")]
    [InlineData("speaks-3-sqlite")]
    [InlineData("some-role-of-before-there-were-such-words")]
    public void Who_speaks_otherwise_must_go_and_hears_both_words(string theirs)
    {
        var why = Misfit.Why(Seat("me", Sqlite), [Seat("one", Sqlite), Seat("10.0.0.9:4053", theirs)]);
        Assert.Contains("'2-sqlite' and 10.0.0.9:4053", why, StringComparison.Ordinal);
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

    private static Seat Seat(string address, params string[] roles) => new(address, [.. roles]);
}
