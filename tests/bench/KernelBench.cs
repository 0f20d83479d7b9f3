using System.Diagnostics;
using System.Globalization;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Netlink;
using Tmds.Linux;

namespace IpvlanActors.Tests.Bench;

/// <summary>
/// Routes per second into the kernel and out of it, beside <c>ip -batch</c>, each in a network namespace of its own.
/// Needs root, but no ipvlan. Arguments: how many routes (10000), how many rounds (5).
/// </summary>
internal static class KernelBench
{
    private const int Sandboxes = 50;

    private static readonly LinkName Eth0 = LinkName.Parse("eth0");

    public static int Run(string[] arguments)
    {
        var count = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 10_000;
        var rounds = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 5;
        // a namespace belongs to a thread: this one takes it along
        var thread = new Thread(() => Measure(count, rounds));
        thread.Start();
        thread.Join();
        return 0;
    }

    private static void Measure(int count, int rounds)
    {
        if (LibC.unshare(LibC.CLONE_NEWNET) != 0)
            throw new InvalidOperationException($"unshare: errno {LibC.errno}");
        Iproute("link add eth0 type veth peer name peer0");
        Iproute("link set peer0 up");
        Iproute("link set eth0 up");
        Iproute("addr add 10.0.0.1/24 dev eth0");
        Console.Out.WriteLine($"{count} routes, medians of {rounds} rounds, routes per second");
        Report("LinuxKernel.Apply", Rounds(rounds, () => ByKernel(count)), count);
        Report("ip -batch", Rounds(rounds, () => ByIp(count)), count);
        Slaves();
    }

    /// <summary>Joins and leaves, all at once, each in a sandbox of its own; only where the kernel has ipvlan.</summary>
    private static void Slaves()
    {
        using var kernel = new LinuxKernel();
        if (!kernel.Probe().Ipvlan)
        {
            Console.Out.WriteLine("slaves: skipped, this kernel has no ipvlan");
            return;
        }

        var paths = Enumerable.Range(0, Sandboxes).Select(i => $"bench{Environment.ProcessId}-{i}").ToArray();
        Array.ForEach(paths, p => Iproute($"netns add {p}"));
        KernelOp[] plugs = [.. paths.Select((p, i) => new PlugSlave(SlaveOf(i, kernel.Identify($"/run/netns/{p}").Sandbox!)))];
        KernelOp[] unplugs = [.. plugs.Cast<PlugSlave>().Select(p => new UnplugSlave(p.Slave.Network, p.Slave.Endpoint, p.Slave.Sandbox))];
        var times = Rounds(5, () => (Time(() => Check(kernel.Apply(plugs))), 1, Time(() => Check(kernel.Apply(unplugs)))));
        Report($"{Sandboxes} slaves", times, Sandboxes);
        Array.ForEach(paths, p => Iproute($"netns del {p}"));
    }

    private static Slave SlaveOf(int i, Sandbox sandbox) => new(
        NetworkId.From(Guid.Empty), EndpointId.From(new Guid(i, 0, 0, new byte[8])), sandbox, Eth0, Eth0,
        IpvlanMode.L3, IpvlanFlag.Bridge, null,
        [InterfaceAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"10.1.0.{i + 2}/16"))],
        [Route.Default(IpFamily.V4, null, Eth0)]);

    private static (double Add, double Observe, double Delete) ByKernel(int count)
    {
        using var kernel = new LinuxKernel();
        var routes = Enumerable.Range(0, count).Select(RouteOf).ToArray();
        KernelOp[] adds = [.. routes.Select(r => new AddRoute(r))];
        KernelOp[] deletes = [.. routes.Select(r => new DeleteRoute(r))];
        var add = Time(() => Check(kernel.Apply(adds)));
        var observe = Time(() => kernel.Observe([]));
        return (add, observe, Time(() => Check(kernel.Apply(deletes))));
    }

    private static (double Add, double Observe, double Delete) ByIp(int count)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, Enumerable.Range(0, count).Select(i => $"route add {RouteOf(i)}"));
            var add = Time(() => Iproute($"-batch {file}"));
            var observe = Time(() => Iproute("route show proto 213"));
            File.WriteAllLines(file, Enumerable.Range(0, count).Select(i => $"route del {RouteOf(i)}"));
            return (add, observe, Time(() => Iproute($"-batch {file}")));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Route RouteOf(int i) => Route.ToPeer(
        Prefix.Of(Ip.FromBits(0, 0x0B00_0000 + ((ulong)i << 6), IpFamily.V4), 26), Ip.Parse("10.0.0.2"), Eth0);

    private static void Check(IEnumerable<KernelFault?> faults)
    {
        if (faults.FirstOrDefault(f => f is not null) is { } fault)
            throw new InvalidOperationException(fault.Text);
    }

    private static double[][] Rounds(int rounds, Func<(double Add, double Observe, double Delete)> round)
    {
        round();
        var times = Enumerable.Range(0, rounds).Select(_ => round()).ToArray();
        return [[.. times.Select(t => t.Add)], [.. times.Select(t => t.Observe)], [.. times.Select(t => t.Delete)]];
    }

    private static void Report(string who, double[][] seconds, int count)
    {
        var medians = seconds.Select(s => count / s.Order().ElementAt(s.Length / 2)).ToArray();
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{who,-20} add {medians[0],9:N0}  read {medians[1],9:N0}  delete {medians[2],9:N0}"));
    }

    private static double Time(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Iproute(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"ip {arguments} gave {process.ExitCode}");
    }
}
