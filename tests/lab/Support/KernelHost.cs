using System.Diagnostics;
using System.Text.Json;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Netlink;
using IpvlanActors.Netlink.Namespaces;
using Xunit;
using static Tmds.Linux.LibC;

namespace IpvlanActors.Tests.Lab.Kernel;

/// <summary>
/// A host of its own for one test: a fresh network namespace with an <c>eth0</c> (10.0.0.1/24, 2001:db8::1/64, one end
/// of a veth pair), a <see cref="LinuxKernel"/> that takes it for the host's, and sandboxes that go with it.
/// </summary>
internal sealed class KernelHost : IDisposable
{
    public static readonly LinkName Eth0 = LinkName.Parse("eth0");
    public static readonly NetworkId Network = NetworkId.Parse(new string('a', 32));

    private static int _number;

    private readonly string _name = $"h{Environment.ProcessId}-{Interlocked.Increment(ref _number)}";
    private readonly List<string> _namespaces = [];

    public KernelHost()
    {
        AddNamespace(_name);
        Ip("link add eth0 type veth peer name peer0");
        Ip("link set peer0 up");
        Ip("link set eth0 up");
        Ip("addr add 10.0.0.1/24 dev eth0");
        Ip("addr add 2001:db8::1/64 dev eth0 nodad");
        Kernel = In($"/run/netns/{_name}", () => new LinuxKernel());
    }

    public LinuxKernel Kernel { get; }

    public string Path => $"/run/netns/{_name}";

    public KernelFault? Apply(KernelOp op) => Kernel.Apply([op])[0];

    public void Do(params KernelOp[] ops) => Assert.All(Kernel.Apply(ops), fault => Assert.Null(fault?.Text));

    public Sandbox AddSandbox(string name)
    {
        var unique = $"{_name}-{name}";
        AddNamespace(unique);
        return Identify($"/run/netns/{unique}");
    }

    public Sandbox Identify(string path)
    {
        var (sandbox, fault) = Kernel.Identify(path);
        Assert.Null(fault?.Text);
        return sandbox!;
    }

    public void RemoveSandbox(Sandbox sandbox)
    {
        Run($"netns del {KernelWords.NameOf(sandbox)}");
        _namespaces.Remove(KernelWords.NameOf(sandbox));
    }

    /// <summary>Runs <c>ip</c> in this host, or in a sandbox, and gives what it prints.</summary>
    public string Ip(string arguments, Sandbox? sandbox = null) =>
        Run($"-n {(sandbox is null ? _name : KernelWords.NameOf(sandbox))} {arguments}");

    public JsonElement[] IpJson(string arguments, Sandbox? sandbox = null)
    {
        var text = Ip($"-d -j {arguments}", sandbox);
        using var json = JsonDocument.Parse(text.Length == 0 ? "[]" : text);
        // iproute2 6.1 prints an empty object for what it filters out
        return [.. json.RootElement.EnumerateArray().Where(e => e.EnumerateObject().Any()).Select(e => e.Clone())];
    }

    /// <summary>The links of a sandbox, without lo; what is to be empty when something was undone.</summary>
    public string[] LinksOf(Sandbox? sandbox = null) =>
        [.. IpJson("link show", sandbox).Select(l => l.GetProperty("ifname").GetString()!).Where(n => n != "lo").Order()];

    public JsonElement Link(string name, Sandbox? sandbox = null) => Assert.Single(IpJson($"link show dev {name}", sandbox));

    public static Slave Slave(char endpoint, Sandbox sandbox, params string[] addresses)
    {
        var parsed = addresses.Select(InterfaceAddress.Parse).ToArray();
        return new(
            Network, EndpointId.Parse(new string(endpoint, 32)), sandbox, Eth0, Eth0, IpvlanMode.L3, IpvlanFlag.Bridge, null,
            [.. parsed], [.. parsed.Select(a => Route.Default(a.Address.Family, null, Eth0))]);
    }

    public static VlanId Vlan(int id) => VlanId.TryCreate(id, out var vlan) ? vlan : throw new ArgumentOutOfRangeException(nameof(id));

    /// <summary>Runs work on a thread that lives, and dies, in a namespace.</summary>
    public static T In<T>(string path, Func<T> work)
    {
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var there = NetworkNamespace.Open(path);
                Assert.Equal(0, setns(there.Fd, CLONE_NEWNET));
                result = work();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new InvalidOperationException($"In {path}: {failure.Message}", failure);
    }

    public void Dispose()
    {
        Kernel.Dispose();
        foreach (var name in _namespaces)
            Start($"netns del {name}").WaitForExit();
    }

    private void AddNamespace(string name)
    {
        Run($"netns add {name}");
        _namespaces.Add(name);
    }

    private static string Run(string arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEnd();
        var error = process.StandardError.ReadToEnd(); // never more than fits a pipe
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"ip {arguments}: {error}");
    }

    private static Process Start(string arguments) => Process.Start(new ProcessStartInfo("ip", arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
