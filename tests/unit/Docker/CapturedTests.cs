using IpvlanActors.Tests.Unit.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Docker;

/// <summary>
/// What dockerd 20.10 was recorded to say in whole commands, said to the real plugin over a real node, each call twice. It is
/// granted and refused as it should be, and when all is removed nothing is left.
/// </summary>
public class CapturedTests
{
    public static TheoryData<string> Scenarios { get; } =
    [
        "01-create-subnet", "03-create-gateway-range-aux", "04-create-dual-stack", "06-create-internal-options-labels",
        "07-run-stop-start-restart-rm", "08-run-ip-ip6", "10-connect-disconnect", "11-ipam-create", "12-ipam-run", "18-daemon-restart",
        "19-daemon-kill9", "20-live-restore", "25-two-l3-networks", "26-mixed-l2-l3", "28-container-net-and-none", "31-parallel-run",
        "40-uml-ipvlan-l3-plugin", "41-uml-ipvlan-l2-plugin",
    ];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task What_dockerd_says_is_answered_and_leaves_nothing(string scenario)
    {
        await using var host = new TestHost();
        var node = await host.Start();
        var before = host.Kernel.ToString();
        var dockerd = new Dockerd(host, node);
        foreach (var (command, method, body, recorded) in Dockerd.Read(scenario))
        {
            var answer = await dockerd.Replay(method, body, recorded);
            Assert.True(
                answer.ContainsKey("Err") == (recorded.ContainsKey("Err") || recorded.ContainsKey("Error")),
                $"{command}\n{method} {body}\n{answer.ToJsonString()}");
        }

        Assert.Empty(node.View.Networks);
        Assert.Empty(node.View.Endpoints);
        await Eventually.True(() => Bare(host.Kernel.ToString()) == Bare(before), $"before\n{before}\nafter\n{host.Kernel}");
        await node.Agrees();
    }

    /// <summary>Without the headings of containers' namespaces, which dockerd removes; what is in them is left.</summary>
    private static string Bare(string kernel) => string.Join('\n', kernel.Split('\n').Where(l => !l.StartsWith('#')));
}
