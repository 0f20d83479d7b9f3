using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using IpvlanActors.Netlink;
using Tmds.Linux;

namespace IpvlanActors.Tests.Bench;

/// <summary>
/// ADD and DEL as a runtime sees them, process start included: the reference plugin with host-local beside ours, turn by turn on
/// the same parent; one after another and eight at a time, with no leases held and with thousands. Both make ipvlan links where the kernel has
/// them, else both make macvlan links. Arguments: how many containers (100), how many leases (4000).
/// </summary>
internal static class CniBench
{
    private const string Theirs = "/usr/lib/cni";
    private const int AtOnce = 8;

    /// <summary>Until the node's code is compiled for good: about 30 calls, and a moment.</summary>
    private const int WarmUp = 200;

    private static readonly string[] Host =
    [
        "link add eth0 type veth peer name peer0", "link set peer0 up", "link set eth0 up", "addr add 10.0.0.1/24 dev eth0",
    ];

    public static async Task<int> Run(string[] arguments)
    {
        var containers = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 100;
        var leases = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 4000;
        if (!File.Exists($"{Theirs}/host-local"))
        {
            Console.Out.WriteLine("the reference plugins are missing: apt install containernetworking-plugins");
            return 1;
        }

        var kind = HasIpvlan() ? "ipvlan" : "macvlan";
        Console.Out.WriteLine($"{containers} containers, {kind} links; ms, median (p99)");
        Console.Out.WriteLine($"{"",-32}{kind + " + host-local",22}{"ipvland",22}{"ratio",9}");
        foreach (var held in new[] { 0, leases })
        {
            var folder = Directory.CreateTempSubdirectory("cni-bench-").FullName;
            await Compare(folder, kind, containers, held);
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static async Task Compare(string folder, string kind, int count, int held)
    {
        Fill(Path.Combine(folder, "leases", "pods"), held);
        await StoryJournal.Hold(Path.Combine(folder, "data"), held);
        await using var node = await BenchNode.Start(
            Path.GetFullPath("out/bin/ipvland"), Path.Combine(folder, "data"), Host, kind == "macvlan" ? "macvlan" : "");
        var spaces = Enumerable.Range(0, count).Select(n => $"{node.Space}-{n}").ToArray();
        BenchNode.Ip([.. spaces.Select(s => $"netns add {s}")], into: null);
        try
        {
            var theirs = new CniCaller(0, $"{Theirs}/{kind}", Conf(kind,
                $$"""{"type":"host-local","dataDir":"{{folder}}/leases","subnet":"10.9.0.0/16","routes":[{"dst":"0.0.0.0/0"}]}""", ""), node.Space);
            var ours = new CniCaller(node.ProcessId, Path.GetFullPath("out/bin/cni/ipvland"), Conf("ipvland",
                """{"type":"ipvland","subnet":"10.9.0.0/16"}""", $", \"socket\": \"{node.Socket}\""), node.Space);
            foreach (var caller in new[] { theirs, ours })
            {
                for (var n = 0; n < (caller == ours ? WarmUp : 1); n++) // whatever is made on first use; and a node is there for months
                {
                    caller.Call("ADD", spaces[0]);
                    caller.Call("DEL", spaces[0]);
                }
            }

            Alternate($"{held} leases, one at a time", spaces, 1, theirs, ours);
            Alternate($"{held} leases, {AtOnce} at a time", spaces, AtOnce, theirs, ours);
        }
        finally
        {
            BenchNode.Ip([.. spaces.Select(s => $"netns del {s}")], into: null);
        }
    }

    /// <summary>In rounds, since the machine is not the same at each moment.</summary>
    private static void Alternate(string what, string[] spaces, int atOnce, CniCaller theirs, CniCaller ours)
    {
        var times = new Dictionary<string, List<double>>();
        var work = new Dictionary<string, double>();
        foreach (var round in spaces.Chunk(Math.Max(AtOnce * 2, spaces.Length / 5)))
        {
            foreach (var (name, caller) in new[] { ("their", theirs), ("our", ours) })
            {
                foreach (var command in new[] { "ADD", "DEL" })
                    times.TryAdd($"{name} {command}", []);
                var before = caller.ProcessorTime();
                times[$"{name} ADD"].AddRange(caller.CallAll("ADD", round, atOnce));
                times[$"{name} DEL"].AddRange(caller.CallAll("DEL", round, atOnce));
                work[name] = work.GetValueOrDefault(name) + (caller.ProcessorTime() - before).TotalMilliseconds / spaces.Length;
            }
        }

        foreach (var command in new[] { "ADD", "DEL" })
        {
            var (a, b) = (times[$"their {command}"].Order().ToList(), times[$"our {command}"].Order().ToList());
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{what + ", " + command,-32}{Text(a),22}{Text(b),22}{b[b.Count / 2] / a[a.Count / 2],9:0.00}"));
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{"  processor time of both",-32}{work["their"],22:0.0}{work["our"],22:0.0}{work["our"] / work["their"],9:0.00}"));
    }

    private static string Text(List<double> sorted) => string.Create(CultureInfo.InvariantCulture,
        $"{sorted[sorted.Count / 2]:0.0} ({sorted[Math.Min(sorted.Count - 1, sorted.Count * 99 / 100)]:0.0})");

    /// <summary>As host-local notes its leases: a file per address, with container and interface.</summary>
    private static void Fill(string folder, int leases)
    {
        Directory.CreateDirectory(folder);
        for (var n = 2; n < leases + 2; n++)
            File.WriteAllText(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"10.9.{n >> 8}.{n & 255}")), $"held{n}\r\neth0");
        if (leases > 0)
            File.WriteAllText(Path.Combine(folder, "last_reserved_ip.0"), string.Create(CultureInfo.InvariantCulture, $"10.9.{(leases + 1) >> 8}.{(leases + 1) & 255}"));
    }

    private static string Conf(string type, string ipam, string more) =>
        $$"""{"cniVersion": "1.0.0", "name": "pods", "type": "{{type}}", "master": "eth0", "mode": "{{(type == "macvlan" ? "bridge" : "l2")}}", "ipam": {{ipam}}{{more}} }""";

    private static bool HasIpvlan()
    {
        using var kernel = new LinuxKernel();
        return kernel.Probe().Ipvlan;
    }
}

/// <summary>Calls one plugin as a runtime does, from inside the host's namespace.</summary>
/// <param name="node">The process that works for the plugin; 0: none does.</param>
internal sealed class CniCaller(int node, string program, string conf, string host)
{
    /// <summary>
    /// Of the plugins that were called, of what they called, and of the node, in user mode and in the kernel: what a busy machine does not
    /// change much, unlike the time that passes.
    /// </summary>
    public TimeSpan ProcessorTime() => OfChildren() + (node == 0 ? TimeSpan.Zero : Process.GetProcessById(node).TotalProcessorTime);

    /// <summary>cutime and cstime of proc_pid_stat(5), in hundredths of a second: of children that ended, and of theirs.</summary>
    private static TimeSpan OfChildren()
    {
        var fields = File.ReadAllText("/proc/self/stat").Split(") ")[1].Split(' ');
        return TimeSpan.FromMilliseconds(10 * fields[13..15].Sum(f => long.Parse(f, CultureInfo.InvariantCulture)));
    }

    /// <returns>How long each took, in ms.</returns>
    public IEnumerable<double> CallAll(string command, string[] containers, int atOnce)
    {
        var times = new double[containers.Length];
        var next = -1;
        var threads = Enumerable.Range(0, atOnce).Select(_ => new Thread(() =>
        {
            Enter(host);
            for (var i = Interlocked.Increment(ref next); i < containers.Length; i = Interlocked.Increment(ref next))
                times[i] = Time(command, containers[i]);
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        return times;
    }

    public void Call(string command, string container) => _ = CallAll(command, [container], 1).First();

    private double Time(string command, string container)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment =
            {
                ["CNI_COMMAND"] = command, ["CNI_CONTAINERID"] = container, ["CNI_NETNS"] = $"/run/netns/{container}",
                ["CNI_IFNAME"] = "eth0", ["CNI_PATH"] = "/usr/lib/cni",
            },
        };
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        process.StandardInput.Write(conf);
        process.StandardInput.Close();
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        if (process.ExitCode != 0 || (command == "ADD" && !JsonDocument.Parse(said).RootElement.TryGetProperty("ips", out _)))
            throw new InvalidOperationException($"{program} {command} {container}: {said}");
        return took;
    }

    /// <summary>A process that a thread starts is born in that thread's namespace.</summary>
    private static void Enter(string space)
    {
        using var file = File.OpenHandle($"/run/netns/{space}");
        if (LibC.setns((int)file.DangerousGetHandle(), LibC.CLONE_NEWNET) != 0)
            throw new InvalidOperationException($"setns {space}: errno {LibC.errno}");
    }
}
