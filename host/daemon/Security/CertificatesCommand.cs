using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IpvlanActors.Daemon.Security;

/// <summary>
/// <c>ipvland certs --out DIR HOST...</c>: a CA if there is none in the directory yet, and a certificate for each host that has
/// none there. Repeating it changes nothing; naming more hosts adds them.
/// </summary>
public static class CertificatesCommand
{
    private const int Refused = 1;
    private const int Usage = 2;
    private const int AuthorityDays = 3650;
    private const string AuthorityName = "ca";
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Public = Secret | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>A clock that is behind by a little must not find its new certificate to be of the future.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromHours(1);

    /// <param name="args">What stands behind <c>ipvland certs</c>.</param>
    /// <returns>0 done, 1 refused, 2 usage.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        var folder = new Option<string>("--out") { Description = "Directory for the files; made if it is missing", HelpName = "DIR", Required = true };
        var days = new Option<int>("--days") { Description = "How long a host's certificate counts", HelpName = "N", DefaultValueFactory = _ => 730 };
        var renew = new Option<bool>("--renew") { Description = "Replace the certificates and keys of these hosts" };
        var hosts = new Argument<string[]>("HOST") { Description = "Names of hosts, as in ipvland.host.name", Arity = ArgumentArity.OneOrMore };
        var root = new RootCommand("Make a CA and certificates with which the hosts of a cluster know each other. Example: ipvland certs --out /root/certs h1 h2 h3")
        {
            folder, days, renew, hosts,
        };
        root.Options.Remove(root.Options.First(o => o is VersionOption));
        root.SetAction(parsed => Make(
            parsed.GetRequiredValue(folder), parsed.GetRequiredValue(hosts), TimeSpan.FromDays(parsed.GetValue(days)), parsed.GetValue(renew), output));
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            foreach (var problem in parsed.Errors)
                error.WriteLine($"ipvland certs: {problem.Message}");
            error.WriteLine("See 'ipvland certs --help'.");
            return Usage;
        }

        try
        {
            return parsed.Invoke(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            error.WriteLine($"ipvland certs: {e.Message}");
            return Refused;
        }
    }

    private static int Make(string folder, string[] hosts, TimeSpan validity, bool renew, TextWriter output)
    {
        foreach (var host in hosts.Where(h => h == AuthorityName || h.Length > 63 || Uri.CheckHostName(h) != UriHostNameType.Dns))
            throw new ArgumentException($"'{host}' cannot be a host's name here: letters, digits, dots and dashes, at most 63, and not '{AuthorityName}'.");
        if (validity < TimeSpan.FromDays(1))
            throw new ArgumentException("--days must be 1 or more.");

        var now = DateTimeOffset.UtcNow;
        Directory.CreateDirectory(folder);
        using var authority = Authority(folder, now, output);
        foreach (var host in hosts)
        {
            if (File.Exists(Certificate(folder, host)) && !renew)
            {
                output.WriteLine($"{Certificate(folder, host)} is there already (--renew replaces it)");
                continue;
            }

            using var certificate = CertificateMaker.Host(authority, host, now - Slack, now + validity);
            using var key = certificate.GetECDsaPrivateKey()!;
            Write(folder, host, certificate, key);
            output.WriteLine($"{Certificate(folder, host)} counts until {certificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""

            Copy to host {{hosts[0]}}: {{AuthorityName}}.pem, {{hosts[0]}}.pem and {{hosts[0]}}.key (0600, root), for example into /etc/ipvland; its configuration:

                ipvland.security.tls {
                  ca = "/etc/ipvland/{{AuthorityName}}.pem"
                  certificate = "/etc/ipvland/{{hosts[0]}}.pem"
                  key = "/etc/ipvland/{{hosts[0]}}.key"
                }

            Keep {{AuthorityName}}.key where no host can read it: whoever has it can join the cluster.
            """));
        return 0;
    }

    private static X509Certificate2 Authority(string folder, DateTimeOffset now, TextWriter output)
    {
        if (File.Exists(Certificate(folder, AuthorityName)))
            return X509Certificate2.CreateFromPemFile(Certificate(folder, AuthorityName), Key(folder, AuthorityName));
        var authority = CertificateMaker.Authority("ipvland cluster CA", now - Slack, now + TimeSpan.FromDays(AuthorityDays));
        using var key = authority.GetECDsaPrivateKey()!;
        Write(folder, AuthorityName, authority, key);
        output.WriteLine($"{Certificate(folder, AuthorityName)} is a new CA");
        return authority;
    }

    /// <summary>The key first: a certificate whose key is missing would be taken for whole by the next run.</summary>
    private static void Write(string folder, string name, X509Certificate2 certificate, ECDsa key)
    {
        Write(Key(folder, name), key.ExportPkcs8PrivateKeyPem(), Secret);
        Write(Certificate(folder, name), certificate.ExportCertificatePem(), Public);
    }

    private static void Write(string path, string pem, UnixFileMode mode)
    {
        File.Delete(path);
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode });
        using var writer = new StreamWriter(file);
        writer.WriteLine(pem);
    }

    private static string Certificate(string folder, string name) => Path.Combine(folder, name + ".pem");

    private static string Key(string folder, string name) => Path.Combine(folder, name + ".key");
}
