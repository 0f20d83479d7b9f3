using System.CommandLine;
using IpvlanActors.Ctl.Line;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Ctl.Commands;

/// <summary>`network create`, with the flags of `docker network create`, so that Docker's own examples can be pasted.</summary>
internal sealed class NetworkCreate
{
    private readonly Argument<string> _name = Flags.Ref("NAME", "The network's name");
    private readonly Option<string[]> _subnets = Flags.List("--subnet", "CIDR", "Subnet, IPv4 or IPv6; none: a default pool");
    private readonly Option<string[]> _gateways = Flags.List("--gateway", "ADDRESS", "Gateway of the subnet that contains it");
    private readonly Option<string[]> _ranges = Flags.List("--ip-range", "CIDR", "Allocate only from this part of its subnet");
    private readonly Option<string[]> _reserved = Flags.Pairs(["--aux-address"], "name=address", "Never give out this address");
    private readonly Option<string[]> _options = Flags.Pairs(["--opt", "-o"], "key=value", "Driver option: parent, ipvlan_mode (l2, l3, l3s), parent_in (host, container), ipvlan_flag (bridge, private, vepa), mtu");
    private readonly Option<string[]> _labels = Flags.Pairs(["--label"], "key=value", "Label", bare: true);
    private readonly Option<bool> _internal = Flags.Switch("--internal", "Isolate: no parent, no way out");
    private readonly Option<bool> _ipv4 = Flags.Switch("--ipv4", "IPv4; --ipv4=false for a network without", byDefault: true);
    private readonly Option<bool> _ipv6 = Flags.Switch("--ipv6", "Accepted as Docker has it; an IPv6 --subnet says it already");
    private readonly Option<string?> _driver = Flags.Among("--driver", "Accepted as Docker has it", "ipvlan", "ipvland");

    public static Verb Build(Globals globals) => new NetworkCreate().Verb(globals);

    private Verb Verb(Globals globals)
    {
        _driver.Aliases.Add("-d");
        var verb = new Verb(
            "create",
            "Create a network; prints its id",
            "ipvlanctl network create --subnet=192.168.1.0/24 --gateway=192.168.1.1 -o parent=eth0 db_net",
            "ipvlanctl network create -o parent=eth0.20 --subnet=192.168.20.0/24 ipvlan20",
            "ipvlanctl network create -o ipvlan_mode=l3 --subnet=192.168.214.0/24 --subnet=10.1.214.0/24 ipnet210",
            "ipvlanctl network create --internal isolated2");
        verb.Validators.Add(result =>
        {
            if (result.GetResult(_ipv6) is { Implicit: false } && !result.GetValue(_ipv6) && Ipv6(result.GetValue(_subnets)) is { } subnet)
                result.AddError($"--ipv6=false: contradicts --subnet {subnet}");
        });
        return verb
            .With(_name, _subnets, _gateways, _ranges, _reserved, _internal, _ipv4, _ipv6, _options, _labels, _driver)
            .Does(globals, Run);
    }

    private Task<int> Run(Session session)
    {
        if (session.Get(_ipv6) && Ipv6(session.Get(_subnets)) is null)
            session.Note("--ipv6 alone adds no addresses; give an IPv6 --subnet");
        return session.Make("v1/networks", Request(session), c => (c.CreateNetworkRequest, c.NetworkCreatedReply), reply => reply.Id);
    }

    private CreateNetworkRequest Request(Session session) => new(
        session.Get(_name),
        Flags.Parts(session.Get(_subnets)),
        Flags.Parts(session.Get(_gateways)),
        Flags.Parts(session.Get(_ranges)),
        Flags.Pairs(session.Get(_reserved)),
        session.Get(_internal),
        session.Get(_ipv4),
        Flags.Pairs(session.Get(_options)),
        Flags.Pairs(session.Get(_labels)));

    private static string? Ipv6(string[]? subnets) => Flags.Parts(subnets).FirstOrDefault(s => s.Contains(':', StringComparison.Ordinal));
}
