using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Recovery;

/// <summary><c>ipvlanctl uninstall</c>: what bears our mark goes, in the host and in its containers, and nothing else.</summary>
public class UninstallTests(OneHost fixture) : OnOneHost(fixture)
{
    private const string Foreign = "10.99.0.0/24 dev eth0 proto static metric 4213";

    [LabFact]
    public async Task Uninstall_leaves_the_kernel_as_it_was_before_the_first_start()
    {
        await Host.Create("--subnet=192.168.20.0/24 -o parent=eth0.20 ipvlan20");
        await Host.Create("--subnet=192.168.110.0/24 --subnet=2001:db8:abc6::/64 -o parent=eth0 -o ipvlan_mode=l3 ipnet110");
        await Host.Create("--subnet=192.168.10.0/24 isolated1");
        var container = await Host.Run("ipnet110");
        await Host.Space.Ip($"route add {Foreign}");

        Assert.Contains("another ipvland runs", (await Uninstall("")).Err, StringComparison.Ordinal);
        await Host.Daemon.Stop();
        var before = await Host.Space.Look();
        Assert.Contains("eth0.20", (await Uninstall("--dry-run")).Must().Out, StringComparison.Ordinal);
        Lines.Same(before.Everything, (await Host.Space.Look()).Everything);
        (await Uninstall("")).Must();

        await Host.Space.Ip($"route del {Foreign}");
        await Host.BecomesAsBefore();
        Assert.Equal(["lo"], (await container.Look()).Links.Select(l => l.Name));
        Assert.Contains("Nothing of ipvland's", (await Uninstall("")).Must().Out, StringComparison.Ordinal);
    }

    private Task<Said> Uninstall(string words) => Shell.Run(
        "nsenter", [$"--net={Host.Space.Path}", Path.Combine(Machine.Programs, "ipvlanctl"), "uninstall", "--data", Host.Daemon.Data, .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)], seconds: 30);
}
