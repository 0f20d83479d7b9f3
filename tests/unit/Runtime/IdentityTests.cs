using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal;
using IpvlanActors.Runtime;
using Microsoft.Data.Sqlite;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>A node on a journal that was copied, moved or restored, and one that was only switched off.</summary>
public sealed class IdentityTests : IAsyncLifetime
{
    private static readonly (string, string)[] L3 = [("parent", "eth0"), ("ipvlan_mode", "l3")];
    private readonly TestHost _host = new();
    private TestNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await _host.Start();
        await _node.Create("web", "10.1.0.0/24", L3);
        await _node.Join("web", _host.Container("c1"));
        await _node.Agrees();
        _host.Container("c2");
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task A_node_alone_after_a_power_cut_serves_and_allocates_what_it_had()
    {
        _host.IsAlone = true;
        _node = await _host.Start();
        Assert.Null(_node.Context.Boards.Fence);
        Assert.Equal("10.1.0.3/24", Assert.Single((await _node.Join("web", "c2")).Addresses).ToString());
    }

    [Fact]
    public async Task A_node_alone_knows_the_catalogue_that_it_saw_last()
    {
        var last = _node.Context.Boards.Catalogue.Current;
        await Eventually.True(() => Kept().Equals(last), "the catalogue is kept");
        _host.IsAlone = true;
        _node = await _host.Start();
        Assert.Equal(last, _node.Context.Boards.Catalogue.Current);
        Assert.Equal(1L, Scalar("SELECT COUNT(*) FROM snapshot"));
    }

    [Fact]
    public async Task A_kept_catalogue_that_cannot_be_read_keeps_no_node_from_starting()
    {
        await Eventually.True(() => Kept().Version > 0, "the catalogue is kept");
        await _host.Stop();
        using (var connection = new SqliteConnection($"Data Source={_host.Journal};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE snapshot SET payload = x'0a'";
            command.ExecuteNonQuery();
        }

        _node = await _host.Start();
        await _node.Join("web", "c2");
        await _node.Agrees();
    }

    [Fact]
    public async Task A_journal_from_elsewhere_gives_out_no_new_address_until_the_registry_has_confirmed_it()
    {
        (_host.IsAlone, _host.Identity) = (true, "another file");
        _node = await _host.Start();
        var refusal = await _node.IsRefusedWithoutATrace(TestNode.Joining("web", "c2"));
        Refused(RefusalCodes.Fenced, refusal, "copied, moved or restored", "as soon as the registry has confirmed");
        await _node.Join("web", "c1"); // it has its address
        Assert.IsType<EndpointReply>(await _node.Ask(new LeaveEndpointCommand("c1")));

        _node = await _host.Start();
        Assert.Equal(RefusalCodes.Fenced, (await _node.IsRefused(TestNode.Joining("web", "c2"))).Code);

        _host.IsAlone = false;
        _node = await _host.Start();
        await Eventually.True(() => _node.Context.Boards.Fence is null, "the registry has confirmed the journal");
        Assert.False(_node.View.Host.MustConfirm);
        Assert.Equal("10.1.0.3/24", Assert.Single((await _node.Join("web", "c2")).Addresses).ToString());
        await _node.Agrees();
    }

    [Fact]
    public void What_keeps_a_host_from_giving_out_addresses_is_told_with_the_way_out()
    {
        var sure = new HostState(HostA, 5, "boot");
        var nothing = new RegistrationBoard(null, 0);
        Assert.Null(Fence.Of(sure, ClusterBoard.Empty, nothing));
        Assert.Null(Fence.Of(sure, Self(null), nothing));
        Assert.Null(Fence.Of(sure, Self(null), new(new(RefusalCodes.RegistryUnreachable, "it is down"), 0)));
        Assert.Null(Fence.Of(sure, Self(null), new(null, 4)));

        Refused(RefusalCodes.Fenced, Fence.Of(sure, Self("10.0.0.2:4053"), nothing), "the member at 10.0.0.2:4053", "stop one of the two");
        Refused(RefusalCodes.Fenced, Fence.Of(sure, Self(null), new(new(RefusalCodes.Fenced, "it is a copy"), 0)), "it is a copy");
        Refused(RefusalCodes.Fenced, Fence.Of(sure, Self(null), new(null, 5)), "start 5 of this host on record", "at start 5");
        Refused(RefusalCodes.Fenced, Fence.Of(sure with { MustConfirm = true }, Self(null), nothing), "copied, moved or restored");
        Refused(
            RefusalCodes.Fenced, Fence.Of(sure with { MustConfirm = true }, Self(null), new(new(RefusalCodes.RegistryUnreachable, "it is down"), 0)),
            "waits for the registry, which says: it is down");
    }

    private Catalogue Kept() => Scalar("SELECT payload FROM snapshot WHERE persistence_id = 'catalogue'") is byte[] bytes
        ? SnapshotSerializer.ReadCatalogue(bytes)
        : Catalogue.Empty;

    private object? Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_host.Journal};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static ClusterBoard Self(string? elder) => new([new(HostA, "10.0.0.1:4053", "Up", true, false, IsSelf: true, elder)], null);
}
