using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Tests.Lab.Cluster.Checking;

/// <summary>
/// Everything that was written down while a cluster ran, to be judged by <see cref="Checker"/>: what the hosts' journals
/// say, what their kernels held at times, what pings and monitors saw, and what the nodes answered. All on one clock.
/// </summary>
public sealed record Evidence(ImmutableArray<HostStory> Hosts, ImmutableArray<Round> Rounds)
{
    public ImmutableArray<Restart> Restarts { get; init; } = [];

    public ImmutableArray<KernelLine> KernelLog { get; init; } = [];

    public ImmutableArray<QuietTime> QuietTimes { get; init; } = [];

    public ImmutableArray<Acknowledgement> Acknowledged { get; init; } = [];

    public ImmutableArray<Provocation> Provocations { get; init; } = [];

    public ImmutableArray<Mismatch> Mismatches { get; init; } = [];

    /// <summary>Where journal and kernel of one host did not agree when everything had come to rest, in words.</summary>
    public ImmutableArray<string> Disagreements { get; init; } = [];
}

/// <summary>A machine of the cluster and all that was ever journaled on it.</summary>
/// <param name="Name">The machine's, not the host id's: a copied data directory gives two machines one id.</param>
/// <param name="Addresses">Next hops: every underlay address that the machine has had.</param>
/// <param name="Journal">In the order of writing, with what was written to disks that have been lost since.</param>
public sealed record HostStory(string Name, ImmutableArray<Ip> Addresses, ImmutableArray<Journaled> Journal)
{
    /// <summary>What lies in the file now; another than <see cref="Journal"/> once an older disk has been restored.</summary>
    public ImmutableArray<Journaled> Current { get; init; } = Journal;

    /// <summary>Power cuts: at these times nothing was left in the kernel, containers and their links included.</summary>
    public ImmutableArray<DateTimeOffset> Wipes { get; init; } = [];

    /// <summary>What the host knows of itself.</summary>
    public HostView View() => Current.Aggregate(HostView.Empty, (view, e) => view.Apply(e.PersistenceId, e.Event));
}

/// <param name="Inherited">Written by another machine: it came with a copy of that machine's data directory.</param>
public sealed record Journaled(string PersistenceId, long SequenceNr, object Event, bool Inherited = false)
{
    /// <summary>How wrong the clock was that it was stamped by.</summary>
    public TimeSpan Ahead { get; init; }

    /// <summary>By the lab's clock.</summary>
    public DateTimeOffset At => Stamped - Ahead;

    private DateTimeOffset Stamped => Event switch
    {
        RegistryEvent e => e.Stamp.At,
        NetworkEvent e => e.Stamp.At,
        HostEvent e => e.Stamp.At,
        HostNetworkEvent e => e.Stamp.At,
        EndpointEvent e => e.Stamp.At,
        _ => throw new ArgumentException($"{Event.GetType().Name} is no event of a journal."),
    };
}

/// <summary>One look at all kernels, while no command ran.</summary>
/// <param name="Settled">Nothing was broken any more, and the cluster had had its time to come to rest.</param>
public sealed record Round(DateTimeOffset From, DateTimeOffset Until, bool Settled, ImmutableArray<HostLook> Looks);

/// <param name="Routes">To other hosts' blocks: those with our protocol number and the peers' metric.</param>
/// <param name="Containers">Addresses in containers of this host.</param>
/// <param name="Foreign">Links, addresses and routes that bear no mark of ours, a line each.</param>
/// <param name="ForeignBefore">What they were before the node did anything, as far as the test has not changed them itself.</param>
public sealed record HostLook(
    string Host,
    ImmutableArray<SeenRoute> Routes,
    ImmutableArray<SeenAddress> Containers,
    ImmutableArray<string> Foreign,
    ImmutableArray<string> ForeignBefore);

public sealed record SeenRoute(Prefix Destination, Ip Via, string Device)
{
    public override string ToString() => $"{Destination} via {Via} dev {Device}";
}

/// <param name="Alias">The link's: <c>ipvland:network:endpoint</c>.</param>
public sealed record SeenAddress(Ip Address, string Container, string Alias);

/// <summary>A daemon was killed or stopped and started again, while one of its containers pinged another host's.</summary>
/// <param name="Unanswered">Sequence numbers of pings that were never answered.</param>
/// <param name="Peers">Hosts that were up, with nothing broken in between.</param>
public sealed record Restart(
    string Host, DateTimeOffset From, DateTimeOffset Until, string Ping, ImmutableArray<int> Unanswered, ImmutableArray<string> Peers);

/// <summary>A line of <c>ip -o monitor</c> on a host.</summary>
public sealed record KernelLine(string Host, DateTimeOffset At, string Text);

/// <summary>A while in which nobody asked anything of any node, and nothing was broken.</summary>
public sealed record QuietTime(DateTimeOffset From, DateTimeOffset Until);

/// <summary>A command that a node has answered with success.</summary>
/// <param name="Id">Of the endpoint or network.</param>
public sealed record Acknowledgement(string Host, DateTimeOffset At, Promise What, string Id);

public enum Promise
{
    NetworkCreated,
    EndpointJoined,
    EndpointRemoved,
}

/// <summary>Something that no node should do anything about but refuse it.</summary>
/// <param name="Events">In its journal, before and after.</param>
/// <param name="Kernel">What the kernel held, before and after.</param>
/// <param name="Told">The refusal, or where it was counted or logged; empty: nowhere.</param>
public sealed record Provocation(
    string Host, string What, (long Before, long After) Events, (string Before, string After) Kernel, string Told);

/// <summary>A host whose configuration does not fit the cluster's was started.</summary>
/// <param name="Works">It takes part all the same.</param>
/// <param name="Told">What it said about it.</param>
public sealed record Mismatch(string Host, string What, bool Works, string Told);
