using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IpvlanActors.Daemon.Checkup;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Daemon.Security;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.EventSourcing;
using IpvlanActors.Tests.Unit.Routes;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Daemon;

/// <summary>Each test makes a trouble: in a machine of files, in a kernel, or with a socket.</summary>
public sealed class DoctorTests : IDisposable
{
    private const string Arp = "IP address HW type Flags HW address Mask Device";
    private readonly string _root = Directory.CreateTempSubdirectory("ipvland-doctor-").FullName;
    private readonly RouteScene _scene = new();

    private MachineFiles Machine => new(_root);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_machine_without_trouble_has_no_findings_but_good_ones()
    {
        Put("/proc/mounts", "/dev/vda1 / ext4 rw 0 0");
        Put("/proc/net/arp", Arp);
        Put("/proc/sys/net/ipv4/neigh/default/gc_thresh3", "1024");
        IEnumerable<DoctorFinding> findings =
        [
            .. MachineChecks.Kernel(Machine), .. MachineChecks.FileSystem(Machine, "/var/lib/ipvland"), .. MachineChecks.Clock(Machine),
            .. MachineChecks.NetworkManagers(Machine), .. MachineChecks.Cloud(Machine, _scene.View), .. Links(),
        ];
        Assert.All(findings, f => Assert.Equal((Finding.Ok, ""), (f.Level, f.Advice)));
        Assert.Equal(["journal", "parent"], findings.Select(f => f.Check));
    }

    [Theory]
    [InlineData("tmpfs", "error", "a reboot takes the journal")]
    [InlineData("nfs4", "warning", "locks")]
    public void A_journal_must_lie_on_a_disk_of_this_machine(string type, string level, string word)
    {
        Put("/proc/mounts", "/dev/vda1 / ext4 rw 0 0", $"x /var/lib {type} rw 0 0", "tmpfs /var/lib/ipv tmpfs rw 0 0");
        Has(MachineChecks.FileSystem(Machine, "/var/lib/ipvland"), "journal", level, word, "ipvland.data");
    }

    [Fact]
    public void Networkd_deletes_routes_of_others_unless_told_not_to()
    {
        Put("/run/systemd/netif/state", "");
        Has(MachineChecks.NetworkManagers(Machine), "systemd-networkd", "warning", "ManageForeignRoutes=no");
        Put("/etc/systemd/networkd.conf.d/90-ipvland.conf", "[Network]", "ManageForeignRoutes = no");
        Assert.Equal(Finding.Ok, Assert.Single(MachineChecks.NetworkManagers(Machine)).Level);
    }

    [Fact]
    public void NetworkManager_takes_links_for_its_own_unless_told_not_to()
    {
        Put("/run/NetworkManager/no-stub-resolv.conf", "");
        Has(MachineChecks.NetworkManagers(Machine), "NetworkManager", "warning", "unmanaged-devices");
        Put("/etc/NetworkManager/conf.d/ipvland.conf", "[keyfile]", "unmanaged-devices=interface-name:di-*;driver:ipvlan");
        Assert.Equal(Finding.Ok, Assert.Single(MachineChecks.NetworkManagers(Machine)).Level);
    }

    [Fact]
    public void A_clock_that_nobody_has_set_is_told_of()
    {
        Directory.CreateDirectory(_root + "/run/systemd/timesync");
        Has(MachineChecks.Clock(Machine), "clock", "warning", "timedatectl");
        Put("/run/systemd/timesync/synchronized", "");
        Assert.Empty(MachineChecks.Clock(Machine));
    }

    [Fact]
    public void A_neighbour_table_half_full_is_told_of_before_it_overflows()
    {
        Put("/proc/sys/net/ipv4/neigh/default/gc_thresh3", "8");
        Put("/proc/net/arp", [Arp, .. Enumerable.Repeat("10.0.0.9", 5)]);
        Has(MachineChecks.Kernel(Machine), "neighbours", "warning", "5 of 8", "gc_thresh3=64");
    }

    [Theory]
    [InlineData(5, "behind that of h2", "warning")]
    [InlineData(-3600 * 24, "24 hours ahead of", "warning")]
    [InlineData(1, "to 1.5 s", "ok")]
    public void A_clock_that_is_not_that_of_the_registrys_host_is_told_of(int ahead, string words, string level)
    {
        var boards = Cluster();
        boards.Clock.Current = new(new(TimeSpan.FromSeconds(ahead), RoundTrip: TimeSpan.FromSeconds(1)));
        Has(ClusterChecks.Clock(boards), "clock", level, words, level == "ok" ? "" : "NTP");
        boards.Cluster.Current = boards.Cluster.Current with { Registry = "10.0.0.1:4053" };
        Assert.Empty(ClusterChecks.Clock(boards)); // the registry is here
    }

    [Fact]
    public void A_slow_answer_is_no_wrong_clock()
    {
        var noon = DateTimeOffset.UnixEpoch.AddHours(12);
        var offset = ClockOffset.Of(told: noon, heard: noon.AddSeconds(8), roundTrip: TimeSpan.FromSeconds(8));
        Assert.Equal(TimeSpan.FromSeconds(-4), offset.Ahead);
        Assert.False(offset.IsBeyond(TimeSpan.FromMilliseconds(1)));
        Assert.True(ClockOffset.Of(noon, noon.AddSeconds(8), TimeSpan.FromSeconds(1)).IsBeyond(TimeSpan.FromSeconds(6)));
    }

    [Fact]
    public void A_path_that_carries_less_than_the_link_sends_is_an_error()
    {
        PathEnd[] ends = [.. PathChecks.Ends(Cluster())];
        Assert.Equal([new("h2", I("10.0.0.2"), Link("eth0"), 1500)], ends); // h3 is beyond a router, which would say so itself
        Has(PathChecks.Of([(ends[0], 1400)]), "path-mtu", "error", "1500", "h2 (10.0.0.2)", "1400", "ip link set eth0 mtu 1400");
        Has(PathChecks.Of([(ends[0], 1500)]), "path-mtu", "ok", "1500 bytes reach h2 by eth0");
        Has(PathChecks.Of([(ends[0], 0)]), "path-mtu", "ok", "answers no ping");
    }

    [Fact]
    public void A_strict_reverse_path_filter_is_told_of_where_a_container_is_in_several_networks()
    {
        Put("/proc/sys/net/ipv4/conf/all/rp_filter", "0");
        Put("/proc/sys/net/ipv4/conf/default/rp_filter", "1");
        var joined = new EndpointJoined(At(), new("/run/netns/c1", 7, "boot"), Link("eth0"));
        Domain.Networks.HostView In(Domain.Networks.HostView view, char endpoint, char network) => view
            .Apply(Domain.Networks.PersistenceIds.Endpoint(Endpoint(endpoint)), new EndpointCreated(At(), Endpoint(endpoint), Network(network), $"web-{endpoint}", []))
            .Apply(Domain.Networks.PersistenceIds.Endpoint(Endpoint(endpoint)), joined);
        var one = In(_scene.View, 'a', '1');
        Assert.Empty(MachineChecks.ReversePathFilter(Machine, one));
        Has(MachineChecks.ReversePathFilter(Machine, In(one, 'b', '2')), "rp_filter", "warning", "conf.default.rp_filter = 1", "web-a", "all.rp_filter=2");
        Put("/proc/sys/net/ipv4/conf/all/rp_filter", "2");
        Assert.Empty(MachineChecks.ReversePathFilter(Machine, In(one, 'b', '2')));
    }

    [Fact]
    public void A_disk_that_is_nearly_full_is_an_error()
    {
        Has(MachineChecks.Disk("/var/lib/ipvland", 99 << 20), "disk", "error", "99 MiB left", "every change is refused");
        Has(MachineChecks.Disk("/var/lib/ipvland", 200L << 20), "disk", "ok", "200 MiB");
    }

    [Fact]
    public void A_kernel_without_ipvlan_is_an_error_and_says_how_to_get_it()
    {
        Has(Doctor.Kernel(new(false, true, true, ["modprobe ipvlan"])), "kernel", "error", "lacks", "modprobe ipvlan");
        Has(Doctor.Kernel(new(true, true, true, [])), "kernel", "ok", "802.1q");
    }

    [Fact]
    public void A_second_host_of_one_id_is_an_error()
    {
        var boards = Cluster();
        var copy = new ClusterMember(HostB, "10.0.0.9:4053", "Up", true, false, false, Elder: "10.0.0.2:4053");
        boards.Cluster.Current = boards.Cluster.Current with { Members = boards.Cluster.Current.Members.Add(copy) };
        Has(Doctor.Node(boards).Where(f => f.Text.Contains("copy", StringComparison.Ordinal)), "node", "error", "10.0.0.9:4053", "data directory");
    }

    [Theory]
    [InlineData("6.1.0-32-amd64", true)]
    [InlineData("6.3.0", false)]
    [InlineData("7.0", false)]
    public void Few_IPv6_routes_fit_into_kernels_before_6_3(string release, bool told)
    {
        Put("/proc/sys/net/ipv6/route/max_size", "4096");
        Put("/proc/sys/kernel/osrelease", release);
        Assert.Equal(told, MachineChecks.Kernel(Machine).Any(f => f.Check == "ipv6-routes" && f.Advice.Contains("route.max_size=", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_cloud_that_drops_foreign_addresses_is_told_of_where_a_network_uses_its_link()
    {
        Put("/sys/class/dmi/id/sys_vendor", "Amazon EC2");
        Has(MachineChecks.Cloud(Machine, _scene.View), "cloud", "warning", "Amazon EC2", "provider");
        Assert.Empty(MachineChecks.Cloud(Machine, Domain.Networks.HostView.Empty));
    }

    [Fact]
    public void A_parent_that_is_down_without_carrier_or_gone_is_an_error_each()
    {
        _scene.Kernel.SetCarrier("eth0", running: false);
        Has(Links(), "parent", "error", "no carrier", "cable");
        _scene.Kernel.SetLink("eth0", up: false);
        Has(Links(), "parent", "error", "is down", "ip link set eth0 up");
        _scene.Kernel.RemoveLink("eth0");
        Has(Links(), "parent", "error", "is not there");
    }

    [Fact]
    public void A_parent_in_the_container_is_none_of_the_host_s() =>
        Assert.Empty(LinkChecks.Of(new Kernel.KernelScene().Attach('1', "parent=eth7 parent_in=container ipvlan_mode=l3").View, _scene.Kernel.Observe([]), Machine));

    [Fact]
    public void A_parent_that_belongs_to_a_bridge_is_an_error()
    {
        Directory.CreateDirectory(_root + "/sys/class/net/eth0");
        Directory.CreateDirectory(_root + "/sys/class/net/br0");
        Directory.CreateSymbolicLink(_root + "/sys/class/net/eth0/master", "../br0");
        Has(Links(), "parent", "error", "belongs to br0", "nomaster");
    }

    [Theory]
    [InlineData("macvlan", "error", "cannot have both")]
    [InlineData("ipvlan", "warning", "somebody else's")]
    public void Who_else_uses_the_parent_is_told(string kind, string level, string word)
    {
        var kernel = _scene.Kernel.Observe([]);
        var parent = kernel.Link(Link("eth0"))!;
        var other = parent with { Index = 77, Name = Link("mv0"), Kind = kind, ParentIndex = parent.Index, Alias = "" };
        Has(LinkChecks.Of(_scene.View, kernel with { Links = kernel.Links.Add(other) }, Machine), "parent", level, "mv0", word);
    }

    [Fact]
    public void A_network_with_a_larger_mtu_than_its_parent_loses_packets()
    {
        var scene = new RouteScene("parent=eth0 ipvlan_mode=l3 mtu=9000");
        Has(LinkChecks.Of(scene.View, scene.Kernel.Observe([]), Machine), "mtu", "error", "9000", "1500");
    }

    [Theory]
    [InlineData("all")]
    [InlineData("eth0")]
    public void IPv6_that_is_switched_off_is_an_error_for_a_network_that_has_it(string scope)
    {
        Put($"/proc/sys/net/ipv6/conf/{scope}/disable_ipv6", "1");
        Has(Links(), "ipv6", "error", $"conf.{scope}.disable_ipv6=0");
    }

    [Fact]
    public void An_address_of_the_host_that_came_into_a_networks_subnet_is_an_error()
    {
        _scene.Kernel.AddLink("eth1", "10.1.9.1/24");
        Has(Links(), "overlap", "error", "10.1.0.0/16", "10.1.9.0/24", "eth1");
    }

    [Fact]
    public async Task A_seed_that_does_not_answer_is_told_of_beside_one_that_does()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var (_, closed) = Runtime.MeshTests.FreePorts();
        var findings = await ClusterChecks.Seeds([listener.LocalEndpoint.ToString()!, $"127.0.0.1:{closed}"]);
        Has(findings, "seeds", "warning", $"127.0.0.1:{closed}", "firewall");
        Assert.Single(findings, f => f.Level == Finding.Ok);
    }

    [Fact]
    public void Seeds_elsewhere_and_a_bind_on_loopback_do_not_go_together()
    {
        Has(ClusterChecks.Doors(Settings() with { Seeds = ["10.0.0.2:4053"] }, DateTime.Now), "bind", "error", "127.0.0.1", "ipvland.cluster.bind");
        Assert.Empty(ClusterChecks.Doors(Settings() with { Seeds = ["127.0.0.1:4053"] }, DateTime.Now));
    }

    [Fact]
    public void Remoting_that_anybody_can_join_is_told_of() =>
        Has(ClusterChecks.Doors(Settings() with { Bind = IPAddress.Parse("10.0.0.1") }, DateTime.Now), "tls", "warning", "anybody", "ipvland certs");

    [Fact]
    public void A_certificate_that_ends_soon_has_ended_or_whose_key_is_open_to_all_is_told_of()
    {
        var settings = Settings() with { Tls = Certificates() };
        var now = DateTime.Now;
        Assert.Equal(Finding.Ok, Assert.Single(ClusterChecks.Doors(settings, now)).Level);
        Has(ClusterChecks.Doors(settings, now.AddDays(80)), "tls", "warning", "--renew");
        File.SetUnixFileMode(settings.Tls!.Key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Has(ClusterChecks.Doors(settings, now), "tls", "warning", "chmod 600");
        File.Delete(settings.Tls.Key);
        Has(ClusterChecks.Doors(settings, now), "tls", "error", "renew the files");
    }

    [Fact]
    public void The_certificate_of_the_API_that_ends_soon_or_has_ended_is_told_of()
    {
        var files = Certificates();
        var settings = Settings() with { ApiTcp = new(IPAddress.Loopback, 7441, X509Certificate2.CreateFromPemFile(files.Certificate, files.Key), null, null) };
        var now = DateTime.Now;
        Has(ClusterChecks.Doors(settings, now), "api", "ok", "127.0.0.1:7441", "99 days");
        Has(ClusterChecks.Doors(settings, now.AddDays(80)), "api", "warning", "19 days", "ipvland.api.tcp.certificate");
        Has(ClusterChecks.Doors(settings, now.AddDays(101)), "api", "error", "has ended");
    }

    /// <summary>When nothing runs the doctor is wanted most.</summary>
    [Fact]
    public async Task Without_a_node_the_machine_is_looked_at_and_what_keeps_a_node_from_starting_is_told()
    {
        File.WriteAllText(_root + "/journal.db", "no journal at all, and longer than a header would have to be");
        Has((await Doctor.ExamineWithoutNode(Settings())).Findings.Where(f => f.Level == "error"), "journal", "error", "journal.db cannot be read", "journal verify");

        File.WriteAllText(_root + "/wrong.conf", "ipvland.cluster.port = 70000");
        using var output = new StringWriter();
        Assert.Equal(1, await DoctorCommand.Run(_root + "/wrong.conf", _root, json: false, output));
        Assert.Matches("^error +config +ipvland.cluster.port = 70000", output.ToString());
    }

    [Fact]
    public void Two_hosts_of_one_name_are_told_of()
    {
        var boards = new Boards(new HostViewStore(_scene.View));
        boards.Catalogue.Current = _scene.Catalogue with
        {
            Hosts = _scene.Catalogue.Hosts.Add(HostA, new("web", 1)).Add(HostB, new("web", 1)),
        };
        Has(ClusterChecks.Members(boards), "names", "warning", "2 hosts are called web", "host.name");
    }

    private IEnumerable<DoctorFinding> Links() => LinkChecks.Of(_scene.View, _scene.Kernel.Observe([]), Machine);

    /// <summary>This host, h2 on the same link, which runs the registry, and h3 elsewhere.</summary>
    private Boards Cluster()
    {
        var boards = new Boards(new HostViewStore(_scene.View));
        boards.Kernel.Current = boards.Kernel.Current with { Observed = _scene.Kernel.Observe([]) };
        boards.Catalogue.Current = _scene.Catalogue with { Hosts = _scene.Catalogue.Hosts.Add(HostA, new("h1", 1)).Add(HostB, new("h2", 1)) };
        boards.Cluster.Current = new(
            [new(HostA, "10.0.0.1:4053", "Up", true, false, true), new(HostB, "10.0.0.2:4053", "Up", true, true, false), new(null, "10.9.0.3:4053", "Up", true, false, false)],
            Registry: "10.0.0.2:4053");
        return boards;
    }

    private DaemonSettings Settings() => DaemonSettings.Read(HoconFiles.Load(null, new Dictionary<string, string>()), _root, null);

    private TlsFiles Certificates()
    {
        var now = DateTimeOffset.UtcNow;
        using var ca = CertificateMaker.Authority("ca", now.AddDays(-1), now.AddYears(1));
        using var host = CertificateMaker.Host(ca, "h1", now.AddDays(-1), now.AddDays(100));
        var files = new TlsFiles(_root + "/ca.pem", _root + "/h1.pem", _root + "/h1.key");
        File.WriteAllText(files.Authorities, ca.ExportCertificatePem());
        File.WriteAllText(files.Certificate, host.ExportCertificatePem());
        File.WriteAllText(files.Key, new string(PemEncoding.Write("PRIVATE KEY", host.GetECDsaPrivateKey()!.ExportPkcs8PrivateKey())));
        File.SetUnixFileMode(files.Key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return files;
    }

    private void Put(string path, params string[] lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root + path)!);
        File.WriteAllLines(_root + path, lines);
    }

    private static void Has(IEnumerable<DoctorFinding> findings, string check, string level, params string[] words)
    {
        var all = findings.ToList();
        var found = Assert.Single(all, f => f.Check == check && f.Level == level);
        Assert.All(words, w => Assert.Contains(w, found.Text + " " + found.Advice, StringComparison.Ordinal));
    }
}
