using System.Net;
using System.Net.Sockets;
using IpvlanActors.Client.Security;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Daemon.Security;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.Watching;

namespace IpvlanActors.Daemon.Checkup;

/// <summary>What stands between this host and the others.</summary>
internal static class ClusterChecks
{
    private static readonly TimeSpan FewDays = TimeSpan.FromDays(30);
    private static readonly TimeSpan MuchTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SeedPatience = TimeSpan.FromSeconds(1);

    /// <summary>Who else may join: nobody on loopback, those whom the CA signed, or anybody.</summary>
    public static IEnumerable<DoctorFinding> Doors(DaemonSettings settings, DateTime now)
    {
        if (settings.ApiTcp is { } api)
            yield return Api(api, now);
        if (settings.Tls is { } files)
            yield return Certificate(files, now);
        else if (!IPAddress.IsLoopback(settings.Bind))
            yield return Finding.Warning("tls", $"anybody who reaches {settings.Bind}:{settings.Port} can join the cluster", "make certificates (ipvland certs), set ipvland.security.tls on every host, and take insecure-remoting out.");
        if (IPAddress.IsLoopback(settings.Bind) && settings.Seeds.Any(s => !IsLoopback(s)))
            yield return Finding.Error("bind", $"ipvland.cluster.bind is {settings.Bind}, where no other host reaches this one, but seeds on other hosts are named", "set ipvland.cluster.bind to this host's address in their network.");
    }

    public static async Task<IReadOnlyList<DoctorFinding>> Seeds(IReadOnlyList<string> seeds)
    {
        var tried = await Task.WhenAll(seeds.Select(async seed => (Seed: seed, Why: await WhyNot(seed))));
        return
        [
            .. tried.Where(t => t.Why is not null).Select(t => Finding.Warning(
                "seeds", $"seed {t.Seed} does not answer: {t.Why}", "start ipvland there, look at the firewall between (TCP), or take it out of ipvland.cluster.seeds.")),
            .. tried.Where(t => t.Why is null).Select(t => Finding.Fine("seeds", $"seed {t.Seed} answers")),
        ];
    }

    public static IEnumerable<DoctorFinding> Members(Boards boards)
    {
        var hosts = boards.Catalogue.Current.Hosts;
        foreach (var same in hosts.GroupBy(h => h.Value.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
            yield return Finding.Warning("names", $"{same.Count()} hosts are called {same.Key}, so parent@{same.Key} means all of them", "give each its own ipvland.host.name; forget (ipvlanctl cluster forget) those that are no more.");
    }

    /// <summary>Members never act by each other's clocks; certificates do, and whoever reads two hosts' logs side by side.</summary>
    public static IEnumerable<DoctorFinding> Clock(Boards boards)
    {
        if (boards.Clock.Current.Offset is not { } offset || boards.Cluster.Current.Members.FirstOrDefault(m => m.Address == boards.Cluster.Current.Registry) is not { IsSelf: false } registry)
            yield break;
        var name = NodeProblems.Name(registry, boards);
        var way = $"{Span(offset.Ahead.Duration())} {(offset.Ahead > TimeSpan.Zero ? "behind" : "ahead of")} that of {name}, where the registry runs";
        yield return offset.IsBeyond(MuchTime)
            ? Finding.Warning("clock", $"this host's clock is {way}: a certificate may count on one of them and not on the other, and their logs do not fit together", "let NTP set both (timedatectl on each says which of them nobody sets); a clock that is put right changes nothing here.")
            : Finding.Fine("clock", $"this host's clock is that of {name}, to {Span(offset.Ahead.Duration() + (offset.RoundTrip / 2))}");
    }

    private static string Span(TimeSpan time) => time switch
    {
        { TotalMinutes: < 2 } => FormattableString.Invariant($"{time.TotalSeconds:0.0##} s"),
        { TotalHours: < 2 } => FormattableString.Invariant($"{time.TotalMinutes:0.#} minutes"),
        { TotalDays: < 2 } => FormattableString.Invariant($"{time.TotalHours:0.#} hours"),
        _ => FormattableString.Invariant($"{time.TotalDays:0.#} days"),
    };

    private static DoctorFinding Api(ApiTcp api, DateTime now)
    {
        const string Advice = "renew the file of ipvland.api.tcp.certificate, and restart ipvland: running containers do not notice.";
        var left = api.Certificate.NotAfter - now;
        return left < TimeSpan.Zero ? Finding.Error("api", $"the certificate that the API shows on {api.Bind}:{api.Port} has ended on {api.Certificate.NotAfter:yyyy-MM-dd}: clients refuse it", Advice)
            : left < FewDays ? Finding.Warning("api", $"the certificate that the API shows on {api.Bind}:{api.Port} counts for another {(int)left.TotalDays} days", Advice)
            : Finding.Fine("api", $"the certificate that the API shows on {api.Bind}:{api.Port} counts for another {(int)left.TotalDays} days");
    }

    private static DoctorFinding Certificate(TlsFiles files, DateTime now)
    {
        const UnixFileMode NotOwner = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        try
        {
            var left = HostCredentials.Load(files).Certificate.NotAfter - now;
            var text = $"{files.Certificate} counts for another {(int)left.TotalDays} days";
            if (left < FewDays)
                return Finding.Warning("tls", text, "renew it (ipvland certs --renew), copy it here, and restart ipvland: running containers do not notice.");
            return (File.GetUnixFileMode(files.Key) & NotOwner) != 0
                ? Finding.Warning("tls", $"{files.Key} can be read by others than its owner", $"chmod 600 {files.Key}")
                : Finding.Fine("tls", text);
        }
        catch (CredentialsException e)
        {
            return Finding.Error("tls", e.Message, "this host is cut off from the others once its connections end: renew the files, and restart ipvland.");
        }
    }

    private static async Task<string?> WhyNot(string seed)
    {
        var endpoint = IPEndPoint.Parse(seed);
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var late = new CancellationTokenSource(SeedPatience);
        try
        {
            await socket.ConnectAsync(endpoint, late.Token);
            return null;
        }
        catch (SocketException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException)
        {
            return $"nothing within {SeedPatience.TotalSeconds} s";
        }
    }

    private static bool IsLoopback(string seed) => IPEndPoint.TryParse(seed, out var endpoint) && IPAddress.IsLoopback(endpoint.Address);
}
