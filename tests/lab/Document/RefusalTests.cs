using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Document;

/// <summary>
/// What is refused: exit code 1, a text that names the input and the rule, and neither the journal nor the kernel changed.
/// The rules: design §5; Docker's §1.1-1.3 and §1.10-1.12.
/// </summary>
public class RefusalTests(OneHost fixture) : OnOneHost(fixture)
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

        // what no single network knows; "there" exists already, see Refuses
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
    public async Task A_bad_network_is_refused(string words, string input, string rule)
    {
        await MakeThere();
        await Refuses($"network create {words}", input, rule);
    }

    [LabTheory]
    [MemberData(nameof(BadJoins))]
    public async Task A_bad_join_is_refused(string words, string input, string rule)
    {
        await MakeThere();
        await Host.Run("there --ip=192.168.60.2");
        var container = await Host.NewContainer();
        await Refuses(LabHost.JoinLine(container, words), input, rule);
        Assert.Equal(["lo"], (await container.Look()).Links.Select(l => l.Name));
    }

    [LabFact]
    public async Task A_namespace_that_is_not_there_is_refused()
    {
        await MakeThere();
        await Refuses("endpoint join there --netns /run/netns/nosuch", "/run/netns/nosuch", "namespace|exist|not found");
    }

    [LabFact]
    public async Task A_network_with_endpoints_is_not_removed()
    {
        await MakeThere();
        await Host.Run("there");
        await Refuses("network rm there", "there", "endpoint");
    }

    [LabFact]
    public async Task What_is_not_there_cannot_be_removed()
    {
        await MakeThere();
        await Refuses("network rm nosuch", "nosuch", "network");
        await Refuses("endpoint rm nosuch", "nosuch", "endpoint");
        await Refuses("endpoint leave nosuch", "nosuch", "endpoint");
    }

    [LabFact]
    public async Task A_full_subnet_says_so()
    {
        await Host.Create("--subnet=192.168.113.0/30 -o parent=eth0 small");
        await Host.Run("small");
        var container = await Host.NewContainer();
        await Refuses(LabHost.JoinLine(container, "small"), "192.168.113.0/30", "free|full|no address|available");
    }

    /// <summary>A sub-interface under another name has this VLAN already; the kernel would refuse half-way.</summary>
    [LabFact]
    public async Task A_VLAN_that_exists_under_another_name_is_refused_and_leaves_no_link()
    {
        await Host.Space.Ip("link add link eth0 name foo type vlan id 40", "link set foo up");
        try
        {
            await Refuses("network create --subnet=192.168.113.0/24 -o parent=eth0.40 bad", "eth0.40", "foo");
        }
        finally
        {
            await Host.Space.Ip("link del foo");
        }
    }

    /// <summary>Where Docker leaves the VLAN link behind, and then takes it for the user's.</summary>
    [LabFact]
    public async Task A_sub_interface_of_a_link_that_is_down_leaves_no_link_when_refused()
    {
        await Host.Space.Ip("link add dark type veth peer name dark1");
        try
        {
            await Refuses("network create --subnet=192.168.113.0/24 -o parent=dark.7 bad", "dark", "down");
        }
        finally
        {
            await Host.Space.Ip("link del dark");
        }
    }

    [LabFact]
    public async Task All_reasons_are_told_at_once()
    {
        await Refuses("network create --subnet=nonsense -o ipvlan_mode=bogus -o parent=eth0.4095 bad", "nonsense", "(?s)bogus.*4095|4095.*bogus");
    }

    [LabFact]
    public async Task Wrong_usage_is_another_exit_code()
    {
        Assert.Equal(2, (await Host.Ctl.Type("network create --nosuchoption bad")).Code);
        Assert.Equal(2, (await Host.Ctl.Type("nosuchcommand")).Code);
    }

    private Task MakeThere() =>
        Host.Create("--subnet=192.168.60.0/24 --aux-address=r1=192.168.60.9 -o parent=eth0.60 there");

    private async Task Refuses(string line, string input, string rule)
    {
        var events = (await Host.Ctl.Status()).JournalEvents;
        var before = await Host.Space.Look();

        var said = await Host.Ctl.Type(line);

        Assert.True(said.Code == Ctl.Refused, said.ToString());
        Assert.Contains(input, said.Err, StringComparison.Ordinal);
        Assert.Matches(rule, said.Err);
        Lines.Same(before.Everything, (await Host.Space.Look()).Everything);
        Assert.Equal(events, (await Host.Ctl.Status()).JournalEvents);
    }
}
