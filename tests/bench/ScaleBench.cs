using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Feeds;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Runtime.Mesh;
using IpvlanActors.Runtime.Mesh.Mapping;

namespace IpvlanActors.Tests.Bench;

/// <summary>
/// Clusters larger than any machine here, as one host of them sees them: the real feeds, table and bytes, without actors
/// and without a network. What grows with the number of hosts, and how.
/// </summary>
internal static class ScaleBench
{
    private static readonly NetworkId Network = NetworkId.From(new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]));
    private static readonly NetworkSpec Spec = NetworkSpecReader.Read(new()
    {
        Name = "bench",
        Subnets = ["10.0.0.0/8"],
        Options = ImmutableSortedDictionary<string, string>.Empty.Add("parent", "eth0").Add("ipvlan_mode", "l3"),
    }).Spec!;

    public static async Task<int> Run()
    {
        using var system = ActorSystem.Create("scale", ConfigurationFactory.ParseString("akka.loggers = []\nakka.stdout-loglevel = OFF"));
        var serializer = new MeshSerializer((ExtendedActorSystem)system);
        foreach (var (hosts, blocks) in new[] { (200, 10), (1_000, 5), (2_000, 5) })
            Measure(hosts, blocks, serializer);
        await system.Terminate();
        return 0;
    }

    private static void Measure(int hosts, int blocks, MeshSerializer serializer)
    {
        var ids = Enumerable.Range(0, hosts).Select(n => new HostId(new Guid(n, 0, 1, [1, 2, 3, 4, 5, 6, 7, 8]))).ToArray();
        var catalogue = CatalogueOf(ids, blocks);
        var feeds = ids.Select((_, n) => Feed.Start(new(1, 1), [.. AdsOf(n, blocks).Select(RouteItems.Put)])).ToArray();
        Console.Out.WriteLine($"{hosts} hosts x {blocks} blocks:");

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (copies, table) = OneHost(ids, feeds, catalogue, blocks);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.Out.WriteLine($"  memory on each host: {bytes / 1024.0 / 1024:0.0} MiB, {bytes / (hosts * blocks)} bytes a route (copies of {copies.Length} feeds, table of {table.Desired.Count} routes)");

        var ad = AdsOf(1, blocks)[0];
        var (next, delta) = feeds[1].Change(2, [RouteItems.Drop(ad.Key)]);
        var message = serializer.ToBinary(new FeedTold(FeedPart.Split(FeedId.Routes(ids[1]), next.Digest, delta)[0])).Length;
        var digest = serializer.ToBinary(new GossipedDigest(next.Digest)).Length;
        Console.Out.WriteLine($"  one route change: {message} bytes to each host, {message * (hosts - 1L)} in all; its digest {digest} bytes");
        Console.Out.WriteLine($"  work of one change on each host: {Median(() => Change(table, ids[1], ad)):0.0} us; of one claim in the catalogue: {Median(() => Claim(catalogue, ids, table, blocks)):0.0} us");

        var lost = Rounds(hosts, next, feeds[1], loss: 0.1);
        var alone = Rounds(hosts, next, feeds[1], loss: 1);
        Console.Out.WriteLine($"  rounds of gossip until all have a change of which one in ten messages was lost: {lost}; all messages: {alone}");
    }

    private static (FeedReader[] Copies, RouteTable Table) OneHost(HostId[] ids, Feed[] feeds, Catalogue catalogue, int blocks)
    {
        var kernel = new ObservedKernel(
            [new(2, LinkName.Parse("eth0"), "", "", 0, 1500, true, true, null, null, null)], [new(2, InterfaceAddress.Parse("172.16.0.1/12"))], [], []);
        var stamp = new Stamp(DateTimeOffset.UnixEpoch, ids[0]);
        var view = HostView.Empty.Apply(PersistenceIds.Host, new HostBorn(stamp, ids[0])).Apply(
            PersistenceIds.HostNetwork(ids[0], Network), new NetworkAttached(stamp, Network, Spec, ParentLink.Given(LinkName.Parse("eth0")), stamp.At));
        var table = new RouteTable(new(Catalogue.Empty, view, kernel, 10_000));
        table.Rebase(new(catalogue, view, kernel, 10_000));
        var copies = new FeedReader[feeds.Length - 1];
        for (var n = 1; n < feeds.Length; n++)
        {
            var (copy, _, changes) = FeedReader.New(100_000).Take(feeds[n].Since(FeedMark.None), feeds[n].Digest, fromWriter: true);
            copies[n - 1] = copy;
            var heard = RoutesHeard.Read(ids[n], whole: true, changes);
            table.Hear(ids[n], heard.Whole, heard.Told, heard.Withdrawn);
        }

        if (table.Desired.Count != (ids.Length - 1) * blocks)
            throw new InvalidOperationException("some routes were rejected");
        return (copies, table);
    }

    private static void Change(RouteTable table, HostId host, RouteAd ad)
    {
        table.Hear(host, whole: false, [], [ad.Key]);
        table.Hear(host, whole: false, [ad], []);
    }

    private static void Claim(Catalogue catalogue, HostId[] ids, RouteTable table, int blocks)
    {
        var entry = catalogue.Networks[Network];
        var block = BlockOf(ids.Length * blocks);
        var without = entry.Blocks.Remove(block);
        var claimed = without == entry.Blocks ? entry.Blocks.Add(block, new(ids[1], 1)) : without;
        var next = catalogue with { Version = catalogue.Version + 1, Networks = catalogue.Networks.SetItem(Network, entry with { Blocks = claimed }) };
        table.Rebase(table.Basis with { Catalogue = next });
    }

    /// <summary>Each round each host compares digests with one other, by chance, and asks the writer for what it lacks.</summary>
    private static int Rounds(int hosts, Feed writer, Feed before, double loss)
    {
        var random = new Random(1);
        var (old, _, _) = FeedReader.New(100_000).Take(before.Since(FeedMark.None), before.Digest, fromWriter: true);
        var all = Enumerable.Repeat(old, hosts).ToArray();
        for (var n = 0; n < hosts; n++)
        {
            if (n == 0 || random.NextDouble() >= loss)
                all[n] = all[n].Take(writer.Since(before.Mark), writer.Digest, fromWriter: true).Next;
        }

        for (var round = 0; ; round++)
        {
            if (all.All(h => h.Held.Digest == writer.Digest))
                return round;
            for (var n = 0; n < hosts; n++)
            {
                var other = random.Next(hosts);
                (all[n], all[other]) = (all[n].Learn(all[other].Known), all[other].Learn(all[n].Known));
            }

            for (var n = 0; n < hosts; n++)
            {
                if (all[n].Wants is { } have)
                    all[n] = all[n].Take(writer.Since(have), writer.Digest, fromWriter: true).Next;
            }
        }
    }

    private static double Median(Action work)
    {
        var times = new List<double>();
        for (var n = 0; n < 201; n++)
        {
            var start = Stopwatch.GetTimestamp();
            work();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        times.Sort();
        return times[times.Count / 2];
    }

    private static Catalogue CatalogueOf(HostId[] ids, int blocks)
    {
        var owners = Enumerable.Range(0, ids.Length * blocks).ToPrefixMap(BlockOf, n => new BlockOwner(ids[n / blocks], 1));
        return Catalogue.Empty with
        {
            Version = 1,
            Networks = Catalogue.Empty.Networks.Add(Network, new(Spec, DateTimeOffset.UnixEpoch, owners)),
        };
    }

    private static List<RouteAd> AdsOf(int host, int blocks) =>
        [.. Enumerable.Range(host * blocks, blocks).Select(n => new RouteAd(Network, BlockOf(n), 1, Ip.Parse("172.16.0.0").Offset((ulong)(host + 2))))];

    private static Prefix BlockOf(int n) => Spec.Subnets[0].Prefix.Nth(26, (ulong)n);
}
