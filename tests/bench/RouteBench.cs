using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Mesh;

namespace IpvlanActors.Tests.Bench;

/// <summary>
/// Three hosts in one process, a cluster on loopback between them: from a route's beginning on the first until the
/// reconcilers of both others have written it. Kernels are stood in for, so this is distribution alone.
/// </summary>
internal static class RouteBench
{
    private static readonly NetworkSpec Spec = NetworkSpecReader.Read(new()
    {
        Name = "bench",
        Subnets = ["10.0.0.0/8"],
        Options = ImmutableSortedDictionary<string, string>.Empty
            .Add("parent", "eth0").Add("ipvlan_mode", "l3").Add("originate", "always").Add("block_size", "12"),
    }).Spec!;

    public static async Task<int> Run(string[] arguments)
    {
        var count = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 10_000;
        var ports = Enumerable.Range(0, 4).Select(_ => FreePort()).ToArray();
        await using var one = new BenchHost(1, ports[0], ports[0]);
        await using var two = new BenchHost(2, ports[1], ports[0]);
        await using var three = new BenchHost(3, ports[2], ports[0]);
        BenchHost[] others = [two, three];
        await Eventually(() => one.Boards.Cluster.Current.Members.Count(m => m.Status == "Up") == 3);

        var network = NetworkId.From(Guid.NewGuid());
        await one.Ask(now => new RegisterHostRequest(now, "h1"));
        _ = (NetworkGranted)await one.Ask(now => new CreateNetworkRequest(now, network, Spec, []));
        var block = (BlockGranted)await one.Ask(now => new ClaimBlockRequest(now, network, Spec.Subnets[0].Prefix, null, []));
        foreach (var host in (BenchHost[])[one, .. others])
            host.Attach(network, Spec);

        var next = 0UL;
        await Single(200); // warm
        Report("one route, few others", await Single(500));
        await Many(1); // warm
        var bulk = new List<double>();
        for (var round = 0; round < 3; round++)
            bulk.Add(await Many(count / 3));
        Report($"{count / 3} routes at once", bulk);
        Report($"{count} routes at once", [await Many(count)]);
        Report($"one route, {two.Routes} others", await Single(200));

        var late = Stopwatch.StartNew();
        await using var four = new BenchHost(4, ports[3], ports[0]);
        four.Attach(network, Spec);
        await Eventually(() => four.Boards.Cluster.Current.Members.Any(m => m is { IsSelf: true, Status: "Up" or "WeaklyUp" or "Joining" }));
        var joined = late.Elapsed.TotalMilliseconds;
        await Eventually(() => four.Routes == two.Routes);
        Console.Out.WriteLine($"late joiner: {four.Routes} routes {late.Elapsed.TotalMilliseconds - joined:0} ms after it joined, which took {joined:0} ms");
        return 0;

        async Task<List<double>> Single(int times)
        {
            var took = new List<double>();
            for (var n = 0; n < times; n++)
                took.Add(await Many(1));
            return took;
        }

        async Task<double> Many(int routes)
        {
            var prefixes = Enumerable.Range(0, routes).Select(_ => block.Block.Nth(28, next++)).ToList();
            var there = others.Select(o => o.Has(prefixes[^1])).ToList();
            one.Own(network, block.Epoch, prefixes);
            var watch = Stopwatch.StartNew();
            one.Changed();
            await Task.WhenAll(there);
            if (routes > 1)
                await Eventually(() => others.All(o => o.Routes == (int)next));
            return watch.Elapsed.TotalMilliseconds;
        }
    }

    private static void Report(string what, List<double> milliseconds)
    {
        milliseconds.Sort();
        Console.Out.WriteLine($"{what}: median {milliseconds[milliseconds.Count / 2]:0.00} ms, p99 {milliseconds[milliseconds.Count * 99 / 100]:0.00} ms ({milliseconds.Count} times)");
    }

    private static async Task Eventually(Func<bool> condition)
    {
        var until = Stopwatch.StartNew();
        while (!condition())
        {
            if (until.Elapsed > TimeSpan.FromSeconds(60))
                throw new TimeoutException("a minute has passed");
            await Task.Delay(1);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
