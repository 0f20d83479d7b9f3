using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Ipam;
using IpvlanActors.Domain.Networks;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Deciding;

/// <summary>
/// One network, its registry and three hosts, as their deciders alone. What they say to each other may be lost, repeated
/// and overtaken at will. Two things are taken for granted, which the actors see to: an answer counts only for the claim
/// that it answers and not later than <see cref="BlockRest.AnswerLife"/>, and a host that an operator forgets is down.
/// </summary>
internal sealed class OwnershipWorld
{
    private static readonly NetworkSpec Spec = Spec("10.1.0.0/28", "parent=eth0 block_size=30", "10.1.0.1");
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly HostModel[] _hosts = [.. "abc".Select(d => new HostModel(Host(d)))];
    private readonly List<(HostModel? To, Action Deliver)> _wire = [];
    private readonly HashSet<long> _epochs = [];
    private readonly HashSet<HostId> _registered = [];
    private readonly Dictionary<long, (ClaimBlock Claim, HostModel Asker, int Id)> _asked = [];
    private NetworkState _registry = NetworkDecider.Initial;
    private double _now;
    private int _claims;
    private long _version;

    public OwnershipWorld()
    {
        Registry(new CreateNetwork(At(0), Network('1'), Spec));
        foreach (var host in _hosts)
        {
            _registered.Add(host.Id);
            host.Do(new AttachNetwork(Stamp(host), Network('1'), Spec, ParentLink.Given(Link("eth0")), Noon));
        }
    }

    public int Grants { get; private set; }

    public int Loans { get; private set; }

    public int Fences { get; private set; }

    public void Step(int what, int arg)
    {
        var host = _hosts[arg % _hosts.Length];
        _now += what % 7 == 0 ? 1 + (arg % 40) : 0.1;
        switch (what)
        {
            case < 38:
                for (var n = 0; n < 4; n++)
                    Deliver(arg / 7 * (n + 1), keep: (arg + n) % 5 == 0);
                break;
            case < 42:
                Lose(arg);
                break;
            case < 62:
                if (host.Up)
                    Allocate(host, arg);
                break;
            case < 72:
                if (host.Up)
                    Free(host, arg);
                break;
            case < 82:
                if (host.Up)
                    Surrender(host);
                break;
            case < 90:
                host.Forgive(_now);
                if (host.Up)
                    Compare(host);
                break;
            case < 93:
                if (arg % 3 == 0)
                    CloseOffersAfterRestart();
                break;
            case < 96:
                host.Stop();
                break;
            case < 98:
                if (!host.Up)
                    Forget(host);
                break;
            default:
                Return(host);
                break;
        }

        Check();
    }

    /// <summary>Nobody asks for anything more, and everything that is said arrives: then all say the same.</summary>
    public void Settle()
    {
        _wire.Clear();
        CloseOffersAfterRestart();
        foreach (var host in _hosts)
            Return(host);
        for (var round = 0; round < 4; round++)
        {
            _now += 100;
            foreach (var host in _hosts)
            {
                host.Forgive(_now);
                (host.Entry, host.Version) = (Catalogue(), _version);
                Compare(host);
            }

            while (_wire.Count > 0)
                Deliver(0, keep: false);
            Check();
        }

        foreach (var host in _hosts)
        {
            Assert.Equal(_registry.OwnedBy(host.Id), host.State.Blocks.Select(b => new Claim(b.Key, b.Value.Epoch)));
            foreach (var (block, own) in host.State.Blocks)
                Assert.Equal(_registry.Loans.Keys.Where(a => block.Contains(a) && !block.IsSingle), own.Lent.Keys);
        }
    }

    /// <summary>No address that two hosts could give out, or that one could while another's container has it.</summary>
    private void Check()
    {
        var owner = new Dictionary<Ip, HostId>();
        foreach (var host in _hosts.Where(h => !h.Forgotten))
        {
            foreach (var (block, own) in host.State.Blocks)
            {
                for (var ip = block.First; ip <= block.Last; ip = ip.Offset(1))
                {
                    if (!own.Lent.ContainsKey(ip))
                        Assert.True(owner.TryAdd(ip, host.Id), $"{ip} could be given out by {host.Id} and {owner.GetValueOrDefault(ip)}");
                }
            }

            var held = host.State.Holders.SelectMany(h => h.Value.Addresses).ToList();
            Assert.Equal(held.Count, held.Distinct().Count());
        }
    }

    private void Allocate(HostModel host, int arg)
    {
        host.Forgive(_now);
        Ip? wanted = arg % 3 == 0 ? I("10.1.0.0").Offset((ulong)(2 + (arg / 3 % 12))) : null;
        var allocate = new AllocateAddresses(Stamp(host), Endpoint(1 + (arg % 50)), $"e{arg % 50}", AddressWishes.OfEachFamily(wanted, null), [], [], Rest);
        if (AddressChoice.Need(allocate, host.State) is not { } need)
        {
            host.Try(allocate);
            return;
        }

        var id = ++_claims;
        host.Claims[id] = _now;
        var (held, seen) = (host.State.Blocks.Keys.ToImmutableArray(), host.State.LastEpoch);
        Say(null, () => Claim(host, id, need, held, seen));
    }

    private void Claim(HostModel host, int id, BlockNeed need, ImmutableArray<Prefix> held, long seen)
    {
        if (!_registered.Contains(host.Id))
            return;
        var claim = new ClaimBlock(Stamp(host), need.Subnet, need.Wanted, held, Rest, seen);
        if (_registry.LenderFor(claim) is { } lender)
            Offer(claim, host, id, _hosts.Single(h => h.Id == lender));
        else if (Registry(claim))
            Grant(claim, host, id);
    }

    private void Grant(ClaimBlock claim, HostModel host, int id)
    {
        if (_registry.GrantFor(claim) is not { } granted)
            return;
        Grants++;
        Say(host, () =>
        {
            host.Forgive(_now);
            if (!host.Claims.Remove(id))
                return;
            host.Do(new ReceiveBlock(Stamp(host), granted.Block, granted.Epoch));
            Compare(host);
        });
    }

    private void Offer(ClaimBlock claim, HostModel asker, int id, HostModel lender)
    {
        if (!Registry(new OfferAddress(Stamp(asker), claim)))
            return;
        var loan = _registry.Loans[claim.Wanted!.Value];
        _asked[loan.Epoch] = (claim, asker, id);
        Say(lender, () =>
        {
            var agreed = lender.Try(new LendOutAddress(Stamp(lender), loan.Address, loan.To, loan.Epoch, []));
            Compare(lender);
            Say(null, () => Answered(loan, agreed));
        });
    }

    private void Answered(Loan loan, bool agreed)
    {
        if (!_asked.Remove(loan.Epoch, out var asked))
            return; // it came too late, or twice
        if (!agreed)
            Registry(new ReturnAddress(At(_now), loan.Address, loan.Epoch));
        else if (Registry(new LendAddress(At(_now), loan.Address, loan.Epoch)))
            Grant(asked.Claim, asked.Asker, asked.Id);
        Loans += agreed ? 1 : 0;
    }

    private void Free(HostModel host, int arg)
    {
        if (!host.State.Holders.IsEmpty)
            host.Do(new ReleaseAddresses(Stamp(host), host.State.Holders.Keys.Order().ElementAt(arg % host.State.Holders.Count)));
    }

    private void Surrender(HostModel host)
    {
        var surrendered = host.Do(new SurrenderIdle(Stamp(host), [.. host.State.Blocks.Keys], Rest)).OfType<BlockSurrendered>();
        Release(host, [.. surrendered.Select(s => new Claim(s.Block, s.Epoch))]);
    }

    private void Compare(HostModel host)
    {
        if (host.Entry is not { } entry)
            return;
        var doubtful = host.Compared.Doubtful(host.State, entry);
        AssertNothingIsMissed(host, entry, doubtful);
        host.Compared = ComparedBlocks.After(host.Id, host.State, entry, doubtful);
        foreach (var command in BlockCheck.Of(Stamp(host), host.State, entry, doubtful))
            Fences += host.Do(command).OfType<BlockLost>().Count();
        if (host.Claims.Count == 0)
            Release(host, BlockCheck.Unheld(host.Id, host.State, entry, doubtful));
    }

    private void AssertNothingIsMissed(HostModel host, CatalogueEntry entry, IEnumerable<Prefix> doubtful)
    {
        var all = host.State.Blocks.Keys.Union(entry.Blocks.Keys).Order().ToList();
        Assert.Equal(BlockCheck.Of(Stamp(host), host.State, entry, all).AsEnumerable(), BlockCheck.Of(Stamp(host), host.State, entry, doubtful));
        Assert.Equal(BlockCheck.Unheld(host.Id, host.State, entry, all).AsEnumerable(), BlockCheck.Unheld(host.Id, host.State, entry, doubtful));
    }

    private void Release(HostModel host, ImmutableArray<Claim> claims)
    {
        if (!claims.IsEmpty)
            Say(null, () => Registry(new ReleaseBlocks(Stamp(host), claims)));
    }

    private void CloseOffersAfterRestart()
    {
        _asked.Clear();
        Registry(new CloseOffers(At(_now)));
    }

    private void Forget(HostModel host)
    {
        host.Forgotten = true;
        _registered.Remove(host.Id);
        Registry(new TakeBlocks(At(_now, Host('f')), host.Id));
    }

    /// <summary>A host that was forgotten meets the registry before anything else; one that was only down needs nobody.</summary>
    private void Return(HostModel host)
    {
        if (host.Up)
            return;
        host.Up = true;
        if (!host.Forgotten)
            return;
        host.Forgotten = false;
        _registered.Add(host.Id);
        (host.Entry, host.Version) = (Catalogue(), _version);
        Compare(host);
    }

    private void Deliver(int arg, bool keep)
    {
        if (_wire.Count == 0)
            return;
        var n = arg % _wire.Count;
        var (to, deliver) = _wire[n];
        if (!keep)
            _wire.RemoveAt(n);
        if (to is null or { Up: true })
            deliver();
    }

    private void Lose(int arg)
    {
        if (_wire.Count > 0)
            _wire.RemoveAt(arg % _wire.Count);
    }

    private void Say(HostModel? to, Action deliver) => _wire.Add((to, deliver));

    private bool Registry(NetworkCommand command)
    {
        if (NetworkDecider.Decide(command, _registry) is not Decision<NetworkEvent>.Accepted accepted)
            return false;
        foreach (var @event in accepted.Events)
        {
            Remember(@event);
            _registry = NetworkDecider.Evolve(_registry, @event);
            _version++;
        }

        if (accepted.Events.Length > 0)
            Publish();
        return true;
    }

    private void Remember(NetworkEvent @event)
    {
        var epoch = @event switch
        {
            BlockClaimed e => e.Epoch,
            BlockFenced e => e.Epoch,
            LoanOffered e => e.Epoch,
            AddressLent e when _registry.Loans[e.Address].Epoch != e.Epoch => e.Epoch,
            _ => 0,
        };
        Assert.True(epoch == 0 || (epoch > _registry.LastEpoch && _epochs.Add(epoch)), $"epoch {epoch} came twice");
    }

    /// <summary>Not every host hears of every version.</summary>
    private void Publish()
    {
        var (entry, version) = (Catalogue(), _version);
        foreach (var host in _hosts.Where((_, n) => (_version + n) % 2 == 0))
        {
            Say(host, () =>
            {
                if (version < host.Version)
                    return;
                (host.Entry, host.Version) = (entry, version);
                Compare(host);
            });
        }
    }

    private CatalogueEntry Catalogue() => new(Spec, Noon, _registry.Owners, _registry.LastEpoch);

    private Stamp Stamp(HostModel host) => At(_now, host.Id);

    private sealed class HostModel(HostId id)
    {
        public HostId Id => id;

        public HostNetworkState State { get; private set; } = HostNetworkDecider.Initial;

        /// <summary>Claims that wait for their answers, and since when.</summary>
        public Dictionary<int, double> Claims { get; } = [];

        public CatalogueEntry? Entry { get; set; }

        public long Version { get; set; }

        public ComparedBlocks Compared { get; set; } = ComparedBlocks.Never;

        public bool Up { get; set; } = true;

        public bool Forgotten { get; set; }

        public void Stop()
        {
            Up = false;
            Claims.Clear();
            (Entry, Version, Compared) = (null, 0, ComparedBlocks.Never);
        }

        public void Forgive(double now)
        {
            foreach (var late in Claims.Where(c => now - c.Value >= BlockRest.AnswerLife.TotalSeconds).Select(c => c.Key).ToList())
                Claims.Remove(late);
        }

        public HostNetworkEvent[] Do(HostNetworkCommand command)
        {
            var events = Accepted(HostNetworkDecider.Decide(command, State));
            State = events.Aggregate(State, HostNetworkDecider.Evolve);
            return events;
        }

        public bool Try(HostNetworkCommand command)
        {
            if (HostNetworkDecider.Decide(command, State) is not Decision<HostNetworkEvent>.Accepted accepted)
                return false;
            State = accepted.Events.Aggregate(State, HostNetworkDecider.Evolve);
            return true;
        }
    }
}
