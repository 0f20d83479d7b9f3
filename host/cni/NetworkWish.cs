using System.Globalization;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Cni;

/// <summary>How a configuration wants its network, in the words of <c>network create</c>.</summary>
internal sealed record NetworkWish(Configuration Configuration, IReadOnlyDictionary<string, string> Options, OwnIpam Ipam)
{
    /// <exception cref="CniException">A key has a value that cannot be meant.</exception>
    public static NetworkWish Read(Configuration configuration)
    {
        var root = configuration.Root;
        var options = new Dictionary<string, string>();
        Say("parent", configuration.IsMadeOnFirstUse ? configuration.Master : root.Text("master"));
        Say("parent_in", root.Flag("linkInContainer") ? "container" : "");
        Say("ipvlan_mode", root.Text("mode") is { Length: > 0 } mode ? mode : configuration.IsMadeOnFirstUse ? "l2" : "");
        Say("ipvlan_flag", root.Text("flag"));
        var mtu = root.Number("mtu");
        Say("mtu", mtu == 0 ? "" : mtu.ToString(CultureInfo.InvariantCulture));
        var own = configuration.ForeignIpam.Length == 0 && !configuration.TakesPreviousAddresses;
        return new(configuration, options, OwnIpam.Read(own ? configuration.Ipam : default));

        void Say(string option, string value)
        {
            if (value.Length > 0)
                options[option] = value;
        }
    }

    /// <param name="given">Their subnets are the network's.</param>
    public WantedNetwork ToWanted(GivenAddresses? given)
    {
        var subnets = given is null ? Ipam.Subnets : [.. given.Ips.Select(i => i.Subnet).Distinct()];
        var gateways = given is null ? Ipam.Gateways : [.. given.Ips.Select(i => i.Gateway).Where(g => g.Length > 0).Distinct()];
        var options = given is not null && gateways.Count == 0 ? new Dictionary<string, string>(Options) { ["gateway"] = "none" } : Options;
        var isV6Only = subnets.Count > 0 && subnets.All(s => s.Contains(':', StringComparison.Ordinal));
        return new(
            new CreateNetworkRequest(
                Configuration.Network, subnets, gateways, Ipam.Ranges, new Dictionary<string, string>(), Internal: false, Ipv4: !isV6Only,
                options, new Dictionary<string, string>()),
            Configuration.IsMadeOnFirstUse);
    }
}
