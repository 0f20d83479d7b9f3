using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Runtime.Mesh;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>The registry and its networks; the hosts are the test itself.</summary>
public sealed partial class RegistryActorTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly HostId One = HostId.Parse(new string('1', 32));
    private static readonly HostId Two = HostId.Parse(new string('2', 32));
    private static readonly Prefix Subnet = Prefix.Parse("10.1.0.0/24");
    private readonly Hosts _hosts = new();
    private readonly NodeContext _node;
    private IActorRef _registry = ActorRefs.Nobody;
    private string _crashAt = "";

    public RegistryActorTests()
        : base(GateJournal.Config)
    {
        _node = new(One, "h1", "boot", TimeProvider.System, new(new HostViewStore(HostView.Empty)), TimeSpan.Zero, Reached);
        Start();
    }

    [Fact]
    public async Task Nothing_is_granted_before_every_network_is_recovered()
    {
        var network = Id('a');
        await Create(network, "web");
        await Stop();
        var held = new TaskCompletionSource();
        Gate.Of(Sys).BeforeReplay = id => id == PersistenceIds.Network(network) ? held.Task.WaitAsync(Patience) : Task.CompletedTask;
        Start();
        var claim = Claim(One, network);
        var create = Ask(Creation(Id('b'), "web2", "10.2.0.0/24"));
        var catalogue = Catalogue();
        await _registry.Ask<ActorIdentity>(new Identify(null), Patience);
        Assert.False(claim.IsCompleted || create.IsCompleted || catalogue.IsCompleted);

        held.SetResult();

        Assert.IsType<BlockGranted>(await claim);
        Assert.IsType<NetworkGranted>(await create);
        Assert.Contains(network, (await catalogue).Networks.Keys);
    }

    [Fact]
    public async Task A_name_whose_network_never_came_to_be_is_free_again()
    {
        _crashAt = "network-create.reserved";
        Watch(_registry);
        _registry.Tell(Creation(Id('a'), "web"));
        await ExpectTerminatedAsync(_registry, Patience);
        _crashAt = "";
        Start();
        Assert.Empty((await Catalogue()).Networks);
        Assert.Equal(Id('b'), (await Create(Id('b'), "web")).Network);
    }

    [Fact]
    public async Task A_create_repeated_is_granted_again_and_another_of_that_name_refused()
    {
        var first = await Create(Id('a'), "web");
        Assert.Equal(first, await Create(Id('a'), "web"));
        Assert.Equal(RefusalCodes.NetworkExists, Assert.IsType<RegistryRefused>(await Ask(Creation(Id('b'), "web", "10.2.0.0/24"))).Reason.Code);
        Assert.Equal(first.Version, (await Catalogue()).Version);
    }

    [Fact]
    public async Task No_two_hosts_own_one_block_and_a_lost_answer_is_given_again()
    {
        await Create(Id('a'), "web");
        var granted = new List<BlockGranted>();
        foreach (var host in new[] { One, Two, One })
            granted.Add(Assert.IsType<BlockGranted>(await Claim(host, Id('a'), [.. granted.Select(g => g.Block)])));
        Assert.Equal(3, granted.Select(g => g.Block).Distinct().Count());
        Assert.Equal([1, 2, 3], granted.Select(g => g.Epoch));
        Assert.Equal(granted[0] with { Epoch = 4 }, await Claim(One, Id('a'), granted[2].Block));
        await Stop();
        Start();
        Assert.Equal(granted[0] with { Epoch = 5 }, await Claim(One, Id('a'), granted[2].Block));
        Assert.Equal(granted[1] with { Epoch = 6 }, await Claim(Two, Id('a')));
    }

    [Fact]
    public async Task A_network_goes_when_every_owner_has_given_its_blocks_up()
    {
        await Create(Id('a'), "web");
        var (one, two) = (CreateTestProbe(), CreateTestProbe());
        (_hosts.Known[One], _hosts.Known[Two]) = (one, two);
        await Claim(One, Id('a'));
        await Claim(Two, Id('a'));

        var refused = Ask(new RemoveNetworkRequest(At(One), Id('a')));
        await one.ExpectMsgAsync<SurrenderRequest>(Patience);
        one.Reply(new BlocksSurrendered(Id('a'), One, null) { Claims = [new(Prefix.Parse("10.1.0.0/28"), 1)] });
        await two.ExpectMsgAsync<SurrenderRequest>(Patience);
        Assert.Equal(RefusalCodes.NetworkRemoving, Assert.IsType<RegistryRefused>(await Claim(One, Id('a'))).Reason.Code);
        two.Reply(new BlocksSurrendered(Id('a'), Two, new(RefusalCodes.NetworkInUse, "an endpoint is there")));
        Assert.Equal(RefusalCodes.NetworkInUse, Assert.IsType<RegistryRefused>(await refused).Reason.Code);
        Assert.Equal(Two, Assert.Single((await Catalogue()).Networks[Id('a')].Blocks).Value.Host);

        var gone = Ask(new RemoveNetworkRequest(At(One), Id('a')));
        await two.ExpectMsgAsync<SurrenderRequest>(Patience);
        two.Reply(new BlocksSurrendered(Id('a'), Two, null));
        Assert.Equal(new NetworkGone(Id('a')), await gone);
        await one.ExpectNoMsgAsync(TimeSpan.Zero);
        Assert.Equal(new NetworkGone(Id('a')), await Ask(new RemoveNetworkRequest(At(One), Id('a'))));
        Assert.Equal(RefusalCodes.NetworkUnknown, Assert.IsType<RegistryRefused>(await Claim(One, Id('a'))).Reason.Code);
    }

    [Fact]
    public async Task An_owner_out_of_reach_keeps_the_network()
    {
        await Create(Id('a'), "web");
        await Claim(Two, Id('a'));
        var refusal = Assert.IsType<RegistryRefused>(await Ask(new RemoveNetworkRequest(At(One), Id('a')))).Reason;
        Assert.Equal(RefusalCodes.HostUnreachable, refusal.Code);
        Assert.Contains(Two.ToString(), refusal.Text, StringComparison.Ordinal);
        Assert.IsType<BlockGranted>(await Claim(One, Id('a')));
    }

    [Fact]
    public async Task A_start_on_record_is_told_to_another_life_of_the_host_until_it_counts_beyond_it()
    {
        var (life, other) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(0, await Later(5, life));
        Assert.Equal(0, await Later(5, life));
        Assert.Equal(5, await Later(4, other));
        Assert.Equal(5, await Later(5, other));
        Assert.Equal(0, await Later(6, other));
        Assert.Equal(new KnownHost("h2", 6), (await Catalogue()).Hosts[Two]);
        await Stop();
        Start();
        Assert.Equal(6, await Later(6, other)); // it may have been either; the host itself knows
        Assert.Equal(0, await Later(7, other));

        async Task<long> Later(long incarnation, Guid by)
        {
            var known = Assert.IsType<HostKnown>(await Ask(new RegisterHostRequest(At(Two), "h2", incarnation, 0, false, by)));
            Assert.Equal((await Catalogue()).Version, known.Version);
            return known.Later;
        }
    }

    [Fact]
    public async Task A_copy_of_a_host_is_not_registered()
    {
        var elsewhere = Address.Parse("akka.tcp://ipvland@10.0.0.9:4053");
        _hosts.Others[Two] = (elsewhere, OnlyUnconfirmed: true);
        Assert.IsType<HostKnown>(await Ask(new RegisterHostRequest(At(Two), "h2", 1)));
        var refusal = Assert.IsType<RegistryRefused>(await Ask(new RegisterHostRequest(At(Two), "h2", 9, MustConfirm: true))).Reason;
        Assert.Equal(RefusalCodes.Fenced, refusal.Code);
        Assert.Contains("10.0.0.9:4053", refusal.Text, StringComparison.Ordinal);
        _hosts.Others[Two] = (elsewhere, OnlyUnconfirmed: false);
        Assert.IsType<RegistryRefused>(await Ask(new RegisterHostRequest(At(Two), "h2", 9)));
        Assert.Equal(new KnownHost("h2", 1), (await Catalogue()).Hosts[Two]);
    }

    [Fact]
    public async Task A_registry_behind_its_hosts_grants_nothing_until_it_has_taken_over_what_all_of_them_know()
    {
        var (one, two) = (CreateTestProbe(), CreateTestProbe());
        (_hosts.Known[One], _hosts.Known[Two]) = (one, two);
        await Create(Id('c'), "old");
        var spec = Creation(Id('a'), "web", "10.9.0.0/24").Spec;
        var (first, second) = (Prefix.Parse("10.9.0.0/28"), Prefix.Parse("10.9.0.16/28"));
        var owners = PrefixMap<BlockOwner>.Empty.Add(first, new(Two, 4));
        var seen = new Catalogue(
            20,
            Domain.Networks.Catalogue.Empty.Hosts.Add(One, new("h1", 3)).Add(Two, new("h2", 1)),
            Domain.Networks.Catalogue.Empty.Networks.Add(Id('a'), new(spec, DateTimeOffset.UnixEpoch, owners, 6)));

        Refused("waits for h1, h2", await Ask(new RegisterHostRequest(At(Two), "h2", 1, Seen: 20)));
        await two.ExpectMsgAsync<WitnessRequest>(Patience);
        Refused("grants nothing", await Ask(Creation(Id('b'), "new")));
        two.Reply(Testifying.Split(Two, seen).Single());
        await Eventually.True(async () => await Ask(new RegisterHostRequest(At(Two), "h2", 1, Seen: 20)) is RegistryRefused { Reason.Text: var t } && t.Contains("waits for h1;", StringComparison.Ordinal), "the host that is only known by hearsay is waited for");

        Refused("waits for h1", await Ask(new RegisterHostRequest(At(One), "h1", 4, Seen: 19)));
        await one.ExpectMsgAsync<WitnessRequest>(Patience);
        one.Reply(Testifying.Split(One, seen with { Version = 19, Networks = seen.Networks.SetItem(Id('a'), new(spec, DateTimeOffset.UnixEpoch, owners.Add(second, new(One, 7)), 7)) }).Single());

        await Eventually.True(async () => await Ask(new RegisterHostRequest(At(One), "h1", 4, Seen: 20)) is HostKnown, "the registry grants again");
        var catalogue = await Catalogue();
        Assert.True(catalogue.Version > 20);
        var entry = Assert.Single(catalogue.Networks).Value;
        Assert.Equal((DateTimeOffset.UnixEpoch, 7L), (entry.Created, entry.LastEpoch));
        Assert.Equal([(first, new(Two, 4)), (second, new BlockOwner(One, 7))], entry.Blocks.Select(b => (b.Key, b.Value)));
        var granted = Assert.IsType<BlockGranted>(await Ask(new ClaimBlockRequest(At(Two), Id('a'), spec.Subnets[0].Prefix, null, [first])));
        Assert.Equal(8, granted.Epoch);

        await Stop();
        Start();
        Assert.True((await Catalogue()).Version > catalogue.Version);
    }

    private static void Refused(string words, IMeshMessage answer) =>
        Assert.Contains(words, Assert.IsType<RegistryRefused>(answer).Reason.Text, StringComparison.Ordinal);

    [Fact]
    public async Task The_catalogue_s_version_never_goes_back()
    {
        var last = (await Catalogue()).Version;
        foreach (var (name, digit) in new[] { ("one", 'a'), ("two", 'b'), ("three", 'c') })
        {
            await Grows(() => Ask(new RegisterHostRequest(At(One), "name before " + name)));
            await Grows(() => Create(Id(digit), name));
            await Grows(() => Claim(Two, Id(digit)));
            _hosts.Known[Two] = Sys.ActorOf(Props.Create<Willing>(Two));
            await Grows(() => Ask(new RemoveNetworkRequest(At(One), Id(digit))));
            await Stop();
            Start("name before " + name);
            Assert.Equal(last, (await Catalogue()).Version);
        }

        async Task Grows<T>(Func<Task<T>> change)
        {
            await change();
            var version = (await Catalogue()).Version;
            Assert.True(version > last, $"{last} was followed by {version}");
            last = version;
        }
    }

    private static NetworkId Id(char digit) => NetworkId.Parse(new string(digit, 32));

    private static Stamp At(HostId host) => new(DateTimeOffset.UnixEpoch, host);

    private static CreateNetworkRequest Creation(NetworkId id, string name, string subnet = "10.1.0.0/24") =>
        new(At(One), id, NetworkSpecReader.Read(new() { Name = name, Subnets = [subnet] }).Spec!, []);

    private void Start(string name = "h1")
    {
        _registry = Sys.ActorOf(Props.Create<RegistryActor>(_node, _hosts, CreateTestProbe().Ref));
        foreach (var (host, called) in new[] { (One, name), (Two, "h2") })
            _registry.Tell(new RegisterHostRequest(At(host), called), CreateTestProbe());
    }

    private async Task Stop()
    {
        Watch(_registry);
        _registry.Tell(RegistryActor.Stop.Instance);
        await ExpectTerminatedAsync(_registry, Patience);
    }

    private Task<IMeshMessage> Ask(IRegistryRequest request) => _registry.Ask<IMeshMessage>(request, Patience);

    private async Task<string> Refusal(IRegistryRequest request) => Assert.IsType<RegistryRefused>(await Ask(request)).Reason.Code;

    private async Task<NetworkGranted> Create(NetworkId id, string name) => Assert.IsType<NetworkGranted>(await Ask(Creation(id, name)));

    private Task<IMeshMessage> Claim(HostId host, NetworkId network, params Prefix[] held) =>
        Ask(new ClaimBlockRequest(At(host), network, Subnet, null, [.. held]));

    private async Task<Catalogue> Catalogue() => (await _registry.Ask<CatalogueUpdate>(new CatalogueRequest(), Patience)).Catalogue;

    private void Reached(string point)
    {
        if (point == _crashAt)
            throw new ActorKilledException(point);
    }

    private sealed class Hosts : IHostDirectory
    {
        public Dictionary<HostId, ICanTell> Known { get; } = [];

        public ICanTell? Find(HostId host) => Known.GetValueOrDefault(host);

        /// <summary>Where somebody else says that it is the host; with whether that counts only against one that must be confirmed.</summary>
        public Dictionary<HostId, (Address At, bool OnlyUnconfirmed)> Others { get; } = [];

        public Address? OtherOf(HostId host, Address asker, bool mustConfirm) =>
            Others.TryGetValue(host, out var other) && (mustConfirm || !other.OnlyUnconfirmed) ? other.At : null;
    }

    /// <summary>A host that gives up whatever it is asked for.</summary>
    private sealed class Willing(HostId self) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is SurrenderRequest request)
                Sender.Tell(new BlocksSurrendered(request.Network, self, null));
        }
    }
}
