using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Event;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Feeds;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>From the registry to a network: this is what a host has seen of you, or holds. Answered by <see cref="NetworkAdopted"/>.</summary>
/// <param name="Entry">None: the network was removed in a history that is later than yours.</param>
internal sealed record AdoptNetwork(NetworkId Network, HostId Witness, CatalogueEntry? Entry, bool IsLater) : INoSerializationVerificationNeeded;

/// <summary>From a network to the registry: it is journaled.</summary>
internal sealed record NetworkAdopted(NetworkId Network) : INoSerializationVerificationNeeded;

/// <summary>
/// A registry whose journal was restored from a copy does not know which blocks it granted since. It grants nothing, takes
/// over what its hosts have seen and hold, one after the other, and is trusted again when it has heard every host that it
/// knows of, or an operator has given up those that will not come.
/// </summary>
internal sealed partial class RegistryActor
{
    private const int Shown = 5;
    private const int MaxItems = 1_000_000;
    private readonly HashSet<HostId> _heard = [];
    private readonly Dictionary<HostId, FeedAssembly> _telling = [];
    private readonly Queue<Heard> _witnesses = [];
    private readonly HashSet<NetworkId> _adopting = [];
    private Heard? _witness;

    /// <summary>The registry's journal lies in the same file as its host's.</summary>
    private void DoubtIfRestored()
    {
        if (node.View.Current.Host.MustConfirm)
            Doubt("its journal was copied, moved or restored");
        else if (State.IsDoubted)
            Log.Error("the registry still waits for what its hosts have seen: it grants nothing");
    }

    private void DoubtIfBehind(RegisterHostRequest request)
    {
        if (!Decided.IsDoubted && request.Seen > Version)
            Doubt($"host {request.Name} has seen version {request.Seen} of the catalogue, and its journal ends at {Version}");
    }

    private void Doubt(string why)
    {
        Log.Error("the registry grants nothing: {Why}; it waits until every host that it knows has told it what it has seen", why);
        Decide(new DoubtRegistry(node.Now(), why, Version), _ => TrustIfAllAreHeard());
    }

    private void RefuseInDoubt(object request, IActorRef asker)
    {
        if (request is not IRegistryRequest)
            return; // a catalogue that lacks something is worse than none
        var missing = State.Hosts.Where(h => !_heard.Contains(h.Key)).Select(h => h.Value.Name).Order(StringComparer.Ordinal).ToList();
        var who = $"{string.Join(", ", missing.Take(Shown))}{(missing.Count > Shown ? $" and {missing.Count - Shown} more" : "")}";
        asker.Tell(new RegistryRefused(new(RefusalCodes.NotReady,
            "the registry was restored from a copy of its journal, and grants nothing until every host that it knows has told it what it has seen: " +
            $"it waits for {(missing.Count == 0 ? "its own journal" : who)}; bring them up, or ipvlanctl cluster forget those that will not come back.")));
    }

    /// <summary>For as much as is missing; asked again whenever the host registers, so nothing hangs by one lost message.</summary>
    private void AskForTestimony(HostId host)
    {
        if (!IsHeard(host) && hosts.Find(host) is { } node)
            node.Tell(new WitnessRequest(Told(host).Parts.Count), Self);
    }

    private FeedAssembly Told(HostId host) => _telling.GetValueOrDefault(host) ?? FeedAssembly.Nothing;

    private bool IsHeard(HostId host) => _heard.Contains(host) || _witness?.Host == host || _witnesses.Any(w => w.Host == host);

    private void Hear(Witness witness)
    {
        var (host, part) = witness;
        var parts = Told(host).Parts;
        var isAnew = part.Number == 0 && !parts.Any(p => p.Digest == part.Digest);
        if (!Decided.IsDoubted || IsHeard(host) || !(isAnew || part.Number == parts.Count))
            return; // said twice, as it was asked for twice
        (_telling[host], var whole) = Told(host).Add(part, MaxItems);
        if (whole is null)
        {
            AskForTestimony(host);
            return;
        }

        try
        {
            _witnesses.Enqueue(new(host, Testifying.Whole(whole)));
            NextWitness();
        }
        catch (SerializationException e)
        {
            Log.Error("what host {Host} has seen cannot be read, so the registry waits for it: {Why}", host, e.Message);
        }
    }

    private void NextWitness()
    {
        if (_witness is not null || !_witnesses.TryDequeue(out _witness))
            return;
        var (from, seen) = _witness;
        _adopting.Add(default); // until all are on their way
        var isLater = seen.Version > Decided.Adopted;
        if (isLater)
            AdoptHosts(seen);
        foreach (var (network, entry) in seen.Networks)
        {
            if (isLater)
                Adopt(network, entry, isLater);
            else if (Held(entry, from) is { Blocks.IsEmpty: false } held)
                Adopt(network, held, isLater);
        }

        foreach (var gone in Decided.Networks.Keys.Where(n => isLater && !seen.Networks.ContainsKey(n)).ToList())
            Adopt(gone, null, isLater);
        Adopted(default);
    }

    /// <summary>A host that was forgotten in the later history is so here; its blocks are among what is over.</summary>
    private void AdoptHosts(Catalogue seen)
    {
        foreach (var (id, host) in seen.Hosts)
            Decide(new RegisterHost(new(node.Now().At, id), host.Name, host.Incarnation), _ => { });
        foreach (var gone in Decided.Hosts.Keys.Where(h => !seen.Hosts.ContainsKey(h) && !_lives.ContainsKey(h)).ToList())
            Decide(new ForgetHost(node.Now(), gone), _ => { });
    }

    private void Adopt(NetworkId network, CatalogueEntry? entry, bool isLater)
    {
        _adopting.Add(network);
        if (entry is null)
        {
            Network(network).Tell(new AdoptNetwork(network, _witness!.Host, entry, isLater));
            return;
        }

        Decide(new ReserveNetwork(node.Now(), network, entry.Spec, []), refusal =>
        {
            if (refusal is null)
            {
                Network(network).Tell(new AdoptNetwork(network, _witness!.Host, entry, isLater));
                return;
            }

            Log.Error("network {Name}, which host {Host} knows, cannot be taken over: {Why}", entry.Spec.Name, _witness?.Host, refusal.Text);
            Adopted(network);
        });
    }

    private void Adopted(NetworkId network)
    {
        if (_adopting.Remove(network))
            FinishWitness();
    }

    private void FinishWitness()
    {
        if (_witness is not { } witness || _adopting.Count > 0)
            return;
        Decide(new AdoptTestimony(node.Now(), witness.Host, witness.Catalogue.Version), _ =>
        {
            if (!ReferenceEquals(_witness, witness))
                return;
            Log.Warning("what host {Host} has seen, up to version {Version}, is taken over", witness.Host, witness.Catalogue.Version);
            _heard.Add(witness.Host);
            _witness = null;
            NextWitness();
            TrustIfAllAreHeard();
        });
    }

    private void TrustIfAllAreHeard()
    {
        if (!State.IsDoubted || _witness is not null || State.Hosts.Count == 0 || !State.Hosts.Keys.All(_heard.Contains))
            return;
        Decide(new TrustRegistry(node.Now(), Version + 1), _ =>
        {
            Log.Warning("every host has been heard: the registry grants again, from version {Version}", Version);
            FinishForgetting(); // others may have told of what a forgotten host had
            Publish();
        });
    }

    private sealed record Heard(HostId Host, Catalogue Catalogue);

    private static CatalogueEntry Held(CatalogueEntry entry, HostId host) => entry with
    {
        Blocks = entry.Blocks.Where(b => b.Value.Host == host).ToPrefixMap(),
        LastEpoch = 0,
    };
}
