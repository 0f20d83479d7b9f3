using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Networks;

/// <summary>The host itself, the view of all its events, the catalogue, and the names of journals.</summary>
public class HostTests
{
    private static readonly string Part = PersistenceIds.HostNetwork(HostA, Network('1'));
    private static readonly NetworkSpec Small = Spec("10.1.0.0/24", "parent=eth0");

    [Fact]
    public void A_host_is_born_once_and_counts_its_starts()
    {
        var born = Accepted(HostDecider.Decide(new StartHost(At(), "boot-1"), HostDecider.Initial));
        Assert.Equal([new HostBorn(At(), HostA), new HostStarted(At(), 1, "boot-1")], born);
        var state = born.Aggregate(HostDecider.Initial, HostDecider.Evolve);
        Assert.Equal([new HostStarted(At(9), 2, "boot-2")], Accepted(HostDecider.Decide(new StartHost(At(9), "boot-2"), state)));
        Assert.Equal(new HostState(HostA, 1, "boot-1"), state);
    }

    [Theory]
    [InlineData("", "", false)]
    [InlineData("", "file 1", false)]
    [InlineData("file 1", "file 1", false)]
    [InlineData("file 1", "", false)]
    [InlineData("file 1", "file 2", true)]
    public void A_journal_that_lies_elsewhere_than_before_must_be_confirmed(string before, string now, bool mustConfirm)
    {
        var state = Start(Start(HostDecider.Initial, before), now);
        Assert.Equal(mustConfirm, state.MustConfirm);
        Assert.Equal(mustConfirm, Start(state, now).MustConfirm);
        Assert.Equal(now.Length > 0 ? now : before, state.Journal);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(9, 9)]
    public void A_host_once_confirmed_counts_on_from_the_larger_incarnation(long recorded, long confirmed)
    {
        var state = Start(Start(HostDecider.Initial, "file 1"), "file 2");
        var events = Accepted(HostDecider.Decide(new ConfirmHost(At(5), recorded), state));
        Assert.Equal([new HostConfirmed(At(5), confirmed)], events);
        state = HostDecider.Evolve(state, events[0]);
        Assert.Equal((false, confirmed), (state.MustConfirm, state.Incarnation));
        Assert.Empty(Accepted(HostDecider.Decide(new ConfirmHost(At(6), recorded), state)));
        Assert.Equal((false, confirmed + 1), (Start(state, "file 2").MustConfirm, Start(state, "file 2").Incarnation));
    }

    [Fact]
    public void A_host_that_is_sure_of_itself_is_confirmed_only_beyond_what_it_counted()
    {
        var state = Start(HostDecider.Initial, "file 1");
        Assert.Empty(Accepted(HostDecider.Decide(new ConfirmHost(At(5), 1), state)));
        Assert.Equal([new HostConfirmed(At(5), 4)], Accepted(HostDecider.Decide(new ConfirmHost(At(5), 4), state)));
    }

    [Fact]
    public void The_view_is_what_the_deciders_make_of_this_host_s_events()
    {
        var view = Story().Aggregate(HostView.Empty, (v, e) => v.Apply(e.Id, e.Event));
        Assert.Equal(new HostState(HostA, 1, "boot"), view.Host);
        Assert.Equal(["10.1.0.2/24"], view.Networks[Network('1')].AddressesOf(Endpoint('2')).Select(a => a.ToString()));
        Assert.Equal("web", Assert.Single(view.EndpointsOf(Network('1'))).Name);
        Assert.Empty(view.EndpointsOf(Network('2')));
        Assert.Equal(Story().Length, view.Events);
    }

    [Fact]
    public void Events_of_others_change_nothing()
    {
        var view = Story().Aggregate(HostView.Empty, (v, e) => v.Apply(e.Id, e.Event));
        Assert.Same(view, view.Apply(PersistenceIds.Registry, new HostRegistered(At(), HostB, "h2")));
        Assert.Same(view, view.Apply(PersistenceIds.Network(Network('1')), new NetworkRemoved(At())));
        Assert.Same(view, view.Apply("nonsense", new NetworkDetached(At())));
        Assert.Same(view, view.Apply(Part, new EndpointRemoved(At())));
        Assert.Same(view, view.Apply(Part, "of a later version"));
    }

    [Fact]
    public void What_is_gone_is_gone_from_the_view()
    {
        var view = Story().Aggregate(HostView.Empty, (v, e) => v.Apply(e.Id, e.Event));
        view = view.Apply(PersistenceIds.Endpoint(Endpoint('2')), new EndpointRemoved(At())).Apply(Part, new NetworkDetached(At()));
        Assert.Empty(view.Endpoints);
        Assert.Empty(view.Networks);
        Assert.Equal(Story().Length + 2, view.Events);
    }

    [Fact]
    public void The_owner_of_a_prefix_is_that_of_the_smallest_block_around_it()
    {
        var entry = new CatalogueEntry(Small, Noon, PrefixMap<BlockOwner>.Empty
            .Add(P("10.1.0.0/26"), new(HostA, 1)).Add(P("10.1.0.9/32"), new(HostB, 2)).Add(P("10.1.0.64/26"), new(HostB, 3)));
        Assert.Equal(new BlockOwner(HostA, 1), entry.OwnerOf(P("10.1.0.0/26")));
        Assert.Equal(new BlockOwner(HostA, 1), entry.OwnerOf(P("10.1.0.8/32")));
        Assert.Equal(new BlockOwner(HostB, 2), entry.OwnerOf(P("10.1.0.9/32")));
        Assert.Equal(new BlockOwner(HostA, 1), entry.OwnerOf(P("10.1.0.8/31")));
        Assert.Equal(new BlockOwner(HostB, 3), entry.OwnerOf(P("10.1.0.127/32")));
        Assert.Null(entry.OwnerOf(P("10.1.0.128/26")));
        Assert.Null(entry.OwnerOf(P("10.1.0.0/24")));
        Assert.Null(entry.OwnerOf(P("0.0.0.0/0")));
        Assert.Null(entry.OwnerOf(P("2001:db8::/64")));
    }

    [Fact]
    public void A_catalogue_equals_one_with_the_same_content_and_knows_hosts_by_name()
    {
        static Catalogue New(long version) => Catalogue.Empty with
        {
            Version = version,
            Hosts = Catalogue.Empty.Hosts.Add(HostA, new("h1", 1)),
            Networks = Catalogue.Empty.Networks.Add(Network('1'), new(Spec("10.1.0.0/24"), Noon, NetworkDecider.Initial.Blocks.Add(P("10.1.0.0/28"), new(HostA, 1)))),
        };
        Assert.Equal(New(3), New(3));
        Assert.Equal(New(3).GetHashCode(), New(3).GetHashCode());
        Assert.NotEqual(New(3), New(4));
        Assert.NotEqual(New(3), New(3) with { Hosts = Catalogue.Empty.Hosts });
        Assert.Equal(("h1", HostB.ToString()), (New(3).HostName(HostA), New(3).HostName(HostB)));
    }

    [Fact]
    public void Journals_have_these_names_for_ever()
    {
        var (network, endpoint, host) = (Network('1').ToString(), Endpoint('2').ToString(), HostA.ToString());
        Assert.Equal(
            ["host", "registry", $"network-{network}", $"endpoint-{endpoint}", $"host-{host}-network-{network}"],
            [PersistenceIds.Host, PersistenceIds.Registry, PersistenceIds.Network(Network('1')), PersistenceIds.Endpoint(Endpoint('2')), Part]);
    }

    [Theory]
    [InlineData("host", "")]
    [InlineData("registry", "")]
    [InlineData("network-11111111111111111111111111111111", "network")]
    [InlineData("endpoint-11111111111111111111111111111111", "endpoint")]
    [InlineData("host-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-network-11111111111111111111111111111111", "part")]
    [InlineData("network-1", "")]
    [InlineData("endpoint-", "")]
    [InlineData("host-network-11111111111111111111111111111111", "part")]
    [InlineData("-network-11111111111111111111111111111111", "")]
    [InlineData("", "")]
    public void A_journal_s_name_tells_whose_it_is(string id, string whose)
    {
        Assert.Equal(whose == "network", PersistenceIds.IsNetwork(id, out var network));
        Assert.Equal(whose == "endpoint", PersistenceIds.IsEndpoint(id, out var endpoint));
        Assert.Equal(whose == "part", PersistenceIds.IsHostNetwork(id, out var part));
        Assert.Equal(
            (whose == "network" ? Network('1') : default, whose == "endpoint" ? Endpoint('1') : default, whose == "part" ? Network('1') : default),
            (network, endpoint, part));
    }

    private static HostState Start(HostState state, string journal) =>
        Accepted(HostDecider.Decide(new StartHost(At(), "boot", journal), state)).Aggregate(state, HostDecider.Evolve);

    private static (string Id, object Event)[] Story() =>
    [
        (PersistenceIds.Host, new HostBorn(At(), HostA)),
        (PersistenceIds.Host, new HostStarted(At(), 1, "boot")),
        (Part, new NetworkAttached(At(), Network('1'), Small, ParentLink.Given(Link("eth0")), Noon)),
        (Part, new BlockReceived(At(), P("10.1.0.0/28"), 1)),
        (Part, new AddressAllocated(At(), I("10.1.0.2"), Endpoint('2'), "web", AddressKind.Dynamic)),
        (PersistenceIds.Endpoint(Endpoint('2')), new EndpointCreated(At(), Endpoint('2'), Network('1'), "web", [InterfaceAddress.Parse("10.1.0.2/24")])),
        (PersistenceIds.Endpoint(Endpoint('2')), new EndpointJoined(At(), new("/run/netns/web", 1, "boot"), Link("eth0"))),
    ];
}
