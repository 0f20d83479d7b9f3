using IpvlanActors.Tests.Lab.Support;

namespace IpvlanActors.Tests.Lab.Document;

/// <summary>As <see cref="RefusalTests"/>, where the state of the machine is the reason.</summary>
public class RefusalOnTheWayTests(OneHost fixture) : OnOneHost(fixture)
{
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

    private async Task Refuses(string line, string input, string rule) =>
        await Host.Refuses(line, input, rule, await Host.Space.Look(), (await Host.Ctl.Status()).JournalEvents);
}
