using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Document;

/// <summary>
/// What is refused: exit code 1, a text that names the input and the rule, and neither the journal nor the kernel changed.
/// The rules: design §5; Docker's §1.1-1.3 and §1.10-1.12.
/// </summary>
public class RefusalTests(RefusalTests.There there) : IClassFixture<RefusalTests.There>
{
    /// <summary>Words of <c>network create</c>, the input that must be named, and the rule as a regular expression.</summary>
    public static TheoryData<string, string, string> BadNetworks => new()
    {
        // options
        { "--subnet=192.168.113.0/24 -o parent=eth0 -o ipvlan_mode=bogus bad", "bogus", "l2.*l3" },
        { "--subnet=192.168.113.0/24 -o parent=eth0 -o ipvlan_flag=bogus bad", "bogus", "bridge.*private.*vepa" },
        { "--subnet=192.168.113.0/24 -o parent=eth0 -o bogus=1 bad", "bogus", "option" },
        { "--subnet=192.168.113.0/24 -o parent=eth0 -o mtu=12 bad", "12", "mtu|MTU" },
        { "--subnet=192.168.113.0/24 -o parent=eth0 -o mtu=abc bad", "abc", "mtu|MTU" },

        // parents: every one is checked before anything changes
        { "--subnet=192.168.113.0/24 -o parent=lo bad", "lo", "loopback" },
        { "--subnet=192.168.113.0/24 -o parent=lo.10 bad", "lo", "loopback" },
        { "--subnet=192.168.113.0/24 -o parent=nope bad", "nope", "exist|not found|no link" },
        { "--subnet=192.168.113.0/24 -o parent=nope.10 bad", "nope", "exist|not found|no link" },
        { "--subnet=192.168.113.0/24 -o parent=eth0.0 bad", "eth0.0", "1.*4094" },
        { "--subnet=192.168.113.0/24 -o parent=eth0.4095 bad", "4095", "1.*4094" },
        { "--subnet=192.168.113.0/24 -o parent=eth0.abc bad", "abc", "VLAN|vlan|exist|not found|no link" },
        { "--subnet=192.168.113.0/24 -o parent=averylongname0.10 bad", "averylongname0.10", "15" },

        // subnets and what belongs to them
        { "--subnet=192.168.113.0/33 -o parent=eth0 bad", "192.168.113.0/33", "subnet|prefix" },
        { "--subnet=nonsense -o parent=eth0 bad", "nonsense", "subnet" },
        { "--subnet=192.168.113.0/24 --subnet=192.168.113.128/25 -o parent=eth0 bad", "192.168.113.128/25", "overlap" },
        { "--subnet=192.168.113.0/24 --gateway=192.168.114.1 -o parent=eth0 bad", "192.168.114.1", "subnet" },
        { "--subnet=192.168.113.0/24 --gateway=192.168.113.1 --gateway=192.168.113.2 -o parent=eth0 bad", "192.168.113.2", "gateway" },
        { "--subnet=192.168.113.0/24 --gateway=192.168.113.255 -o parent=eth0 bad", "192.168.113.255", "broadcast" },
        { "--subnet=192.168.113.0/24 --gateway=2001:db8::1 -o parent=eth0 bad", "2001:db8::1", "subnet" },
        { "--subnet=192.168.113.0/24 --gateway=nonsense -o parent=eth0 bad", "nonsense", "gateway|address" },
        { "--subnet=192.168.113.0/24 --ip-range=192.168.114.0/25 -o parent=eth0 bad", "192.168.114.0/25", "subnet" },
        { "--subnet=192.168.113.0/24 --ip-range=192.168.112.0/22 -o parent=eth0 bad", "192.168.112.0/22", "subnet" },
        { "--subnet=192.168.113.0/24 --aux-address=r1=192.168.114.9 -o parent=eth0 bad", "192.168.114.9", "subnet" },
        { "--subnet=192.168.113.0/24 --aux-address=r1=nonsense -o parent=eth0 bad", "nonsense", "address" },
        { "--ipv4=false -o parent=eth0 bad", "ipv4", "IPv6|address|subnet" },
        { "--ipv4=false --subnet=192.168.113.0/24 -o parent=eth0 bad", "192.168.113.0/24", "ipv4|IPv4" },

        // what no single network knows; "there" exists already
        { "--subnet=192.168.113.0/24 -o parent=eth0 there", "there", "exists|taken|in use" },
        { "--subnet=192.168.60.128/25 -o parent=eth0 bad", "192.168.60.128/25", "overlap" },
        { "--subnet=192.168.113.0/24 -o parent=eth0.60 -o ipvlan_mode=l3 bad", "eth0.60", "mode" },
        { "--subnet=192.168.113.0/24 -o parent=eth0.60 -o ipvlan_flag=private bad", "eth0.60", "flag" },
    };

    /// <summary>Words of <c>endpoint join</c> but for the namespace, the input, the rule.</summary>
    public static TheoryData<string, string, string> BadJoins => new()
    {
        { "nosuch", "nosuch", "network" },
        { "there --ip=192.168.61.5", "192.168.61.5", "subnet" },
        { "there --ip=192.168.60.2", "192.168.60.2", "use|taken" },
        { "there --ip=192.168.60.1", "192.168.60.1", "gateway|use|reserved" },
        { "there --ip=192.168.60.0", "192.168.60.0", "network address|reserved" },
        { "there --ip=192.168.60.255", "192.168.60.255", "broadcast|reserved" },
        { "there --ip=192.168.60.9", "192.168.60.9", "aux|reserved|use" },
        { "there --ip=nonsense", "nonsense", "address" },
        { "there --ip6=2001:db8::1", "2001:db8::1", "subnet|IPv6" },
        { "there --ip6=fe80::1", "fe80::1", "link-local|subnet|IPv6" },
        { "there --ip=2001:db8::1", "2001:db8::1", "IPv4" },
        { "there --ifname=averylongname016", "averylongname016", "15" },
        { "there --ifname=lo", "lo", "exists|use|name" },
    };

    [LabTheory]
    [MemberData(nameof(BadNetworks))]
    public Task A_bad_network_is_refused(string words, string input, string rule) => Refuses($"network create {words}", input, rule);

    [LabTheory]
    [MemberData(nameof(BadJoins))]
    public async Task A_bad_join_is_refused(string words, string input, string rule)
    {
        await Refuses(LabHost.JoinLine(there.Empty, words), input, rule);
        Assert.Equal(["lo"], (await there.Empty.Look()).Links.Select(l => l.Name));
    }

    [LabFact]
    public Task A_namespace_that_is_not_there_is_refused() =>
        Refuses("endpoint join there --netns /run/netns/nosuch", "/run/netns/nosuch", "namespace|exist|not found");

    [LabFact]
    public Task A_network_with_endpoints_is_not_removed() => Refuses("network rm there", "there", "endpoint");

    [LabTheory]
    [InlineData("network rm nosuch", "network")]
    [InlineData("endpoint rm nosuch", "endpoint")]
    [InlineData("endpoint leave nosuch", "endpoint")]
    public Task What_is_not_there_cannot_be_removed(string line, string rule) => Refuses(line, "nosuch", rule);

    [LabFact]
    public Task All_reasons_are_told_at_once() =>
        Refuses("network create --subnet=nonsense -o ipvlan_mode=bogus -o parent=eth0.4095 bad", "nonsense", "(?s)bogus.*4095|4095.*bogus");

    [LabFact]
    public async Task Wrong_usage_is_another_exit_code()
    {
        Assert.Equal(2, (await there.Host.Ctl.Type("network create --nosuchoption bad")).Code);
        Assert.Equal(2, (await there.Host.Ctl.Type("nosuchcommand")).Code);
    }

    private Task Refuses(string line, string input, string rule) => there.Host.Refuses(line, input, rule, there.Kernel, there.Events);

    /// <summary>
    /// The network "there" with one endpoint, and a container that is in none. A refusal changes nothing, so what was so
    /// at the beginning must be so after each: nothing is cleared in between.
    /// </summary>
    public sealed class There : IAsyncLifetime
    {
        private readonly OneHost _machine = new();

        public LabHost Host => _machine.Host;

        public Container Empty { get; private set; } = null!;

        public View Kernel { get; private set; } = null!;

        public long Events { get; private set; }

        public async Task InitializeAsync()
        {
            await _machine.InitializeAsync();
            if (Machine.Missing is not null)
                return;
            await Host.Create("--subnet=192.168.60.0/24 --aux-address=r1=192.168.60.9 -o parent=eth0.60 there");
            await Host.Run("there --ip=192.168.60.2");
            Empty = await Host.NewContainer();
            Kernel = await Host.Space.Look();
            Events = (await Host.Ctl.Status()).JournalEvents;
        }

        public Task DisposeAsync() => _machine.DisposeAsync();
    }
}
