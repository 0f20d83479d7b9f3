using IpvlanActors.Client;
using IpvlanActors.Client.Messages;
using Wire = IpvlanActors.Client.Wire;

namespace IpvlanActors.Tests.Unit.Services;

/// <summary>Every question and answer, with every field.</summary>
internal static class WireSamples
{
    private static readonly Wire.Pair Pair = new() { Key = "k", Value = "v" };

    private static readonly Wire.Node Node = new() { Name = "h1", Id = "01", Incarnation = 3, State = "degraded", Problems = { "p", "q" } };

    private static readonly Wire.Network Network = new()
    {
        Id = "02",
        Name = "web",
        Mode = "l3",
        Parent = "eth0",
        Subnets = { "10.1.0.0/16", "fd00::/64" },
        Endpoints = 4,
        State = "degraded",
        Reason = "r",
    };

    private static readonly Wire.Endpoint Endpoint = new()
    {
        Id = "03",
        Name = "c1",
        NetworkId = "02",
        Network = "web",
        Addresses = { "10.1.0.2/16" },
        Interface = "eth0",
        Netns = "/run/netns/c1",
        State = "joined",
        Reason = "r",
        CreatedMs = 1_700_000_000_000,
        Routes = { "default dev eth0" },
    };

    public static object[] All { get; } =
    [
        ToWire.Of(new CreateNetwork("web")
        {
            Subnets = ["10.1.0.0/16", "fd00::/64"], Gateways = ["10.1.0.1"], IpRanges = ["10.1.1.0/24"], AuxAddresses = Map("a", "10.1.0.9"),
            Internal = true, Ipv4 = false, Options = Map("parent", "eth0"), Labels = Map("l", "v"), Key = "once",
        }),
        ToWire.Of(new CreateNetwork("least")),
        new Wire.Request { Host = "h2", Needs = 1, RemoveNetwork = new() { Network = "web" } },
        ToWire.Of(new JoinEndpoint("web", "pid:7") { Name = "c1", Ip = "10.1.0.2", Ip6 = "fd00::2", Interface = "net0", Key = "once" }),
        new Wire.Request { Host = "h2", LeaveEndpoint = new() { Endpoint = "c1" } },
        new Wire.Request { RemoveEndpoint = new() { Endpoint = "c1" } },
        new Wire.Request { Network = new() { Network = "web" } },
        new Wire.Request { Endpoint = new() { Endpoint = "c1" } },
        new Wire.Request { List = new() { Kind = 6, Network = "web", After = "k", Limit = 10 } },
        new Wire.Request { Cluster = new() },
        ToWire.Of(new FollowFrom { Events = "7-0badcafe", State = "1.2.3", Network = "web", Endpoint = "c1", Kinds = [ItemKind.Host, ItemKind.Route] }, TimeSpan.FromSeconds(5)),
        ToWire.Of(new FollowFrom { Events = FollowFrom.Now, State = null }, TimeSpan.Zero),
        new Wire.Reply { Refused = new() { Reasons = { new Wire.Reason { Code = "network-unknown", Text = "t" }, new Wire.Reason { Code = "c", Text = "u" } } } },
        new Wire.Reply { Named = new() { Id = "02", Name = "web" } },
        new Wire.Reply
        {
            Network = new()
            {
                Network = Network, CreatedMs = 1_700_000_000_000, Flag = "bridge", Internal = true, Mtu = 1400, ParentKind = "vlan", ParentMade = true,
                Subnets = { new Wire.Subnet { Prefix = "10.1.0.0/16", Gateway = "10.1.0.1", IpRange = "10.1.1.0/24", AuxAddresses = { Pair }, DefaultPool = true } },
                Options = { Pair }, Labels = { Pair },
            },
        },
        new Wire.Reply { Endpoint = Endpoint },
        new Wire.Reply { Page = new() { Items = { new Wire.Item { Kind = 3, Key = "02", Network = Network } }, Next = "02" } },
        new Wire.Reply { Cluster = new() { Self = Node, Registry = "10.0.0.1:4053" } },
        new Wire.Reply
        {
            News = new()
            {
                Host = "h1", HostId = "01", EventsMark = "7-0badcafe", StateMark = "1.2.3", EventsReset = true, StateReset = true, More = true,
                Events =
                {
                    new Wire.Event
                    {
                        Cursor = "7-0badcafe", AtMs = 1_700_000_000_000, By = "01", PersistenceId = "endpoint-03", SequenceNr = 2, Name = "EndpointJoined",
                        Text = "t", Json = "{}", NetworkId = "02", EndpointId = "03",
                    },
                },
                State =
                {
                    new Wire.Item { Kind = 1, Key = "", Node = Node },
                    new Wire.Item
                    {
                        Kind = 2, Key = "10.0.0.1:4053",
                        Host = new() { Name = "h1", Id = "01", Address = "10.0.0.1:4053", Status = "Up", Reachable = true, Registry = true, Blocks = 2, Routes = 3, CopyOf = "x" },
                    },
                    new Wire.Item { Kind = 3, Key = "02", Network = Network },
                    new Wire.Item { Kind = 4, Key = "b", Block = new() { NetworkId = "02", Network = "web", Prefix = "10.1.0.0/26", HostId = "01", Host = "h1", Epoch = 5, Used = 0 } },
                    new Wire.Item { Kind = 5, Key = "03", Endpoint = Endpoint },
                    new Wire.Item
                    {
                        Kind = 6, Key = "r",
                        Route = new() { Prefix = "10.1.0.0/26", NetworkId = "02", Network = "web", HostId = "01", Host = "h1", NextHop = "10.0.0.1", Device = "eth0", State = "accepted", Kernel = "installed", Reason = "r" },
                    },
                    new Wire.Item { Kind = 6, Key = "gone" },
                },
            },
        },
        new Wire.Request { Host = "h2", Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", RemoveEndpoint = new() { Endpoint = "c1" } },
        ToWire.Of(new JoinEndpoint("web", "c1") { Addresses = ["10.1.0.2", "10.2.0.0/16", "::/0"] }),
    ];

    public static string[] Lines { get; } =
    [
        "Q1 52650a03776562120b31302e312e302e302f31361209666430303a3a2f36341a0831302e312e302e31220b31302e312e312e302f32342a0d0a0161120831302e312e302e3930013801420e0a06706172656e741204657468304a060a016c12017652046f6e6365",
        "Q1 52070a056c65617374",
        "Q1 0a02683210015a050a03776562",
        "Q1 622f0a0377656212057069643a371a026331220831302e312e302e322a07666430303a3a3232046e6574303a046f6e6365",
        "Q1 0a0268326a040a026331",
        "Q1 72040a026331",
        "Q1 7a050a03776562",
        "Q1 8201040a026331",
        "Q1 8a010c080612037765621a016b200a",
        "Q1 920100",
        "Q1 9a01230a0a372d30626164636166651205312e322e331a03776562220263312a020206388827",
        "Q1 9a01020a00",
        "A1 521e0a140a0f6e6574776f726b2d756e6b6e6f776e1201740a060a0163120175",
        "A1 5a090a0230321203776562",
        "A1 6298010a3a0a02303212037765621a026c332204657468302a0b31302e312e302e302f31362a09666430303a3a2f363430043a0864656772616465644201721080a0abfef9621a06627269646765200128f80a3204766c616e3801422e0a0b31302e312e302e302f3136120831302e312e302e311a0b31302e312e312e302f323422060a016b12017628014a060a016b12017652060a016b120176",
        "A1 6a570a023033120263311a02303222037765622a0b31302e312e302e322f31363204657468303a0d2f72756e2f6e65746e732f633142066a6f696e65644a01725080a0abfef9625a1064656661756c74206465762065746830",
        "A1 72480a420803120230326a3a0a02303212037765621a026c332204657468302a0b31302e312e302e302f31362a09666430303a3a2f363430043a08646567726164656442017212023032",
        "A1 7a2b0a1a0a026831120230311803220864656772616465642a01702a0171120d31302e302e302e313a34303533",
        "A1 8201ed030a026831120230311a450a0a372d30626164636166651080a0abfef9621a023031220b656e64706f696e742d30332802320e456e64706f696e744a6f696e65643a017442027b7d4a02303252023033221e08015a1a0a026831120230311803220864656772616465642a01702a017122390802120d31302e302e302e313a3430353362260a026831120230311a0d31302e302e302e313a343035332202557028013001380240034a017822420803120230326a3a0a02303212037765621a026c332204657468302a0b31302e312e302e302f31362a09666430303a3a2f363430043a0864656772616465644201722229080412016272220a02303212037765621a0b31302e312e302e302f3236220230312a02683130053800225f0805120230337a570a023033120263311a02303222037765622a0b31302e312e302e322f31363204657468303a0d2f72756e2f6e65746e732f633142066a6f696e65644a01725080a0abfef9625a1064656661756c74206465762065746830224e08061201728201460a0b31302e312e302e302f3236120230321a03776562220230312a026831320831302e302e302e313a0465746830420861636365707465644a09696e7374616c6c6564520172220808061204676f6e652a0a372d30626164636166653205312e322e33380140014801",
        "Q1 0a0268321a3730302d30616637363531393136636434336464383434386562323131633830333139632d623761643662373136393230333333312d303172040a026331",
        "Q1 1002622c0a0377656212026331320465746830420831302e312e302e32420b31302e322e302e302f313642043a3a2f30",
    ];

    private static Dictionary<string, string> Map(string key, string value) => new() { [key] = value };
}
