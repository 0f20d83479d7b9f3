using System.Net;
using System.Security.Cryptography.X509Certificates;
using IpvlanActors.Client.Security;
using IpvlanActors.Daemon.Security;

namespace IpvlanActors.Daemon.Config;

/// <summary>ipvland.api.tcp: the API for those who are not root on this machine. Only with TLS, and only for whom the node knows.</summary>
/// <param name="Certificate">With its key.</param>
/// <param name="Tokens">Null: nobody is known by a token.</param>
/// <param name="Clients">Null: nobody is known by a certificate.</param>
public sealed record ApiTcp(IPAddress Bind, int Port, X509Certificate2 Certificate, TokenFile? Tokens, ClientAuthorities? Clients)
{
    private const string Key = "ipvland.api.tcp";

    private static readonly string[] Others = ["certificate", "key", "tokens", "client-ca"];

    /// <returns>Null: it is not configured, and nothing listens.</returns>
    /// <exception cref="ConfigException">It is configured, and would be open to anybody, or to nobody.</exception>
    public static ApiTcp? Read(Akka.Configuration.Config tcp)
    {
        string Text(string key) => tcp.GetString(key);
        if (Text("bind").Length == 0)
        {
            return Others.FirstOrDefault(k => Text(k).Length > 0) is { } alone
                ? throw new ConfigException($"{Key}.{alone} is set, but {Key}.bind is not, so that nothing would listen: set bind, or take {alone} out.")
                : null;
        }

        if (!IPAddress.TryParse(Text("bind"), out var bind))
            throw new ConfigException($"{Key}.bind = {Text("bind")} is not an IP address.");
        if (Text("certificate").Length == 0 || Text("key").Length == 0)
            throw new ConfigException($"{Key}.bind = {bind} without {Key}.certificate and {Key}.key: the API never listens without TLS; ipvland certs makes such files.");
        if (Text("tokens").Length == 0 && Text("client-ca").Length == 0)
            throw new ConfigException($"{Key}.bind = {bind} without {Key}.tokens or {Key}.client-ca: nobody could be let in; ipvland token makes tokens.");
        return new(
            bind,
            DaemonSettings.Number(Text("port"), "api.tcp.port", 0, 65535),
            Load($"{Key}.certificate", () => X509Certificate2.CreateFromPemFile(Text("certificate"), Text("key"))),
            Text("tokens").Length == 0 ? null : Load($"{Key}.tokens", () => TokenFile.Open(Text("tokens"))),
            Text("client-ca").Length == 0 ? null : Load($"{Key}.client-ca", () => ClientAuthorities.Load(Text("client-ca"))));
    }

    private static T Load<T>(string key, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException or ArgumentException or CredentialsException)
        {
            throw new ConfigException($"{key} cannot be used: {e.Message}");
        }
    }
}
