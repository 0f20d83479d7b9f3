using System.Net;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Daemon.Security;
using IpvlanActors.Netlink;
using IpvlanActors.Runtime.Watching;

namespace IpvlanActors.Daemon.Http;

/// <summary>Looks for the troubles that operators have, and says what to do.</summary>
internal static class Doctor
{
    private const string Ok = "ok";
    private const string Warning = "warning";
    private const string Error = "error";
    private const long FewBytes = 100L << 20;
    private static readonly TimeSpan FewDays = TimeSpan.FromDays(30);

    public static async Task<DoctorReport> Examine(NodeFacts facts)
    {
        var findings = new List<DoctorFinding>();
        await Task.Run(() => Kernel(findings));
        Disk(facts.Settings.Data, findings);
        NetworkManagers(findings);
        Doors(facts.Settings, findings);
        foreach (var problem in NodeProblems.Of(facts.Node.Context.Boards))
            findings.Add(new("node", Error, problem, ""));
        return new(findings.TrueForAll(f => f.Level == Ok), findings);
    }

    private static void Kernel(List<DoctorFinding> findings)
    {
        using var kernel = new LinuxKernel();
        var abilities = kernel.Probe();
        foreach (var problem in abilities.Problems)
            findings.Add(new("kernel", Error, "this kernel lacks something that networks need", problem));
        if (abilities.Problems.IsEmpty)
            findings.Add(new("kernel", Ok, "ipvlan, 802.1q and dummy links can be made", ""));
    }

    private static void Disk(string data, List<DoctorFinding> findings)
    {
        var free = new DriveInfo(data).AvailableFreeSpace;
        findings.Add(free < FewBytes
            ? new("disk", Error, $"{data} has {free >> 20} MiB left", "free some space: when it is full nothing can be journaled, and every change is refused.")
            : new("disk", Ok, $"{data} has {free >> 20} MiB left", ""));
    }

    /// <summary>systemd-networkd deletes routes of others when it restarts, unless told not to.</summary>
    private static void NetworkManagers(List<DoctorFinding> findings)
    {
        const string Runtime = "/run/systemd/netif/state";
        const string Conf = "/etc/systemd/networkd.conf";
        if (!File.Exists(Runtime))
            return;
        var told = Directory.Exists(Conf + ".d") || File.Exists(Conf)
            ? Files(Conf).Any(f => File.ReadLines(f).Any(l => l.Trim() is "ManageForeignRoutes=no" or "ManageForeignRoutes=false"))
            : false;
        findings.Add(told
            ? new("systemd-networkd", Ok, "it leaves routes of others alone", "")
            : new("systemd-networkd", Warning, "it deletes our routes when it restarts; they come back within a second", $"say ManageForeignRoutes=no under [Network] in {Conf}."));
    }

    /// <summary>Who else may join: nobody on loopback, those whom the CA signed, or anybody.</summary>
    private static void Doors(DaemonSettings settings, List<DoctorFinding> findings)
    {
        if (settings.Tls is { } files)
            findings.Add(Certificate(files, DateTime.Now));
        else if (!IPAddress.IsLoopback(settings.Bind))
            findings.Add(new("tls", Warning, $"anybody who reaches {settings.Bind}:{settings.Port} can join the cluster", "make certificates (ipvland certs), set ipvland.security.tls on every host, and take insecure-remoting out."));
    }

    private static DoctorFinding Certificate(TlsFiles files, DateTime now)
    {
        const UnixFileMode NotOwner = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        try
        {
            var left = HostCredentials.Load(files).Certificate.NotAfter - now;
            var text = $"{files.Certificate} counts for another {(int)left.TotalDays} days";
            if (left < FewDays)
                return new("tls", Warning, text, "renew it (ipvland certs --renew), copy it here, and restart ipvland: running containers do not notice.");
            return (File.GetUnixFileMode(files.Key) & NotOwner) != 0
                ? new("tls", Warning, $"{files.Key} can be read by others than its owner", $"chmod 600 {files.Key}")
                : new("tls", Ok, text, "");
        }
        catch (CredentialsException e)
        {
            return new("tls", Error, e.Message, "this host is cut off from the others once its connections end: renew the files, and restart ipvland.");
        }
    }

    private static IEnumerable<string> Files(string conf) =>
        new[] { conf }.Where(File.Exists).Concat(Directory.Exists(conf + ".d") ? Directory.EnumerateFiles(conf + ".d", "*.conf") : []);
}
