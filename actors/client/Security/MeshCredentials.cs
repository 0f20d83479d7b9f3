using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;

namespace IpvlanActors.Client.Security;

/// <summary>
/// What a host or a service shows to the hosts of a cluster, and by what it judges what they show. Both are of the cluster if
/// its CA has signed them: whoever has such a certificate may do whatever a member may.
/// </summary>
/// <param name="certificate">With its key.</param>
/// <param name="authorities">Whoever is signed by one of these is of this cluster. Nothing else is trusted, not even the machine's own list.</param>
public sealed class MeshCredentials(X509Certificate2 certificate, X509Certificate2Collection authorities)
{
    private static readonly Oid ForServers = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ForClients = new("1.3.6.1.5.5.7.3.2");

    public X509Certificate2 Certificate => certificate;

    public X509Certificate2Collection Authorities => authorities;

    /// <summary>Reads files in PEM, as <c>ipvland certs</c> makes them, and holds them to what others will hold them to.</summary>
    /// <param name="ca">Of the cluster; may hold several.</param>
    /// <exception cref="CredentialsException">A file cannot be read, or others would refuse this certificate.</exception>
    public static MeshCredentials Load(string ca, string certificate, string key)
    {
        var authorities = new X509Certificate2Collection();
        Try(ca, () => authorities.ImportFromPemFile(ca));
        if (authorities.Count == 0)
            throw new CredentialsException($"{ca} holds no certificate in PEM: give the file of the cluster's CA.");
        X509Certificate2? own = null;
        Try($"{certificate} with the key {key}", () => own = X509Certificate2.CreateFromPemFile(certificate, key));
        var credentials = new MeshCredentials(own!, authorities);
        return credentials.Judge(own) is { } why
            ? throw new CredentialsException($"other hosts would refuse {certificate}: {why}")
            : credentials;
    }

    /// <summary>What Akka.Remote asks for: the same rules for those who call and those who are called.</summary>
    public DotNettySslSetup ForRemoting() => new(
        Certificate, suppressValidation: false, requireMutualAuthentication: true,
        customValidator: (certificate, _, peer, _, log) =>
        {
            if (Judge(certificate) is not { } why)
                return true;
            log.Warning("the certificate of {0} was refused: {1}", peer, why);
            return false;
        });

    /// <returns>Why whoever shows this certificate is not of this cluster, as a sentence; null: it is.</returns>
    public string? Judge(X509Certificate2? certificate)
    {
        if (certificate is null)
            return "there is none.";
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(Authorities);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.ApplicationPolicy.Add(ForServers);
        policy.ApplicationPolicy.Add(ForClients);
        return chain.Build(certificate)
            ? null
            : string.Join(' ', chain.ChainStatus.Select(s => Words(s.Status, certificate)).Distinct());
    }

    private string Words(X509ChainStatusFlags fault, X509Certificate2 certificate) => fault switch
    {
        X509ChainStatusFlags.NotTimeValid =>
            $"{Name(certificate)}, or its CA, counts from {Day(certificate.NotBefore)} to {Day(certificate.NotAfter)}: renew it, or set this host's clock.",
        X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot or X509ChainStatusFlags.NotSignatureValid =>
            $"{Name(certificate)} is not signed by {string.Join(", ", Authorities.Select(Name))}: take one that the cluster's CA signed.",
        X509ChainStatusFlags.NotValidForUsage =>
            $"{Name(certificate)} is not for server and client authentication: its extended key usage must name both.",
        _ => $"{Name(certificate)}: {fault}.",
    };

    private static string Name(X509Certificate2 certificate) => certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    private static void Try(string what, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new CredentialsException($"{what} cannot be read: {e.Message}");
        }
    }
}

/// <summary>There is nothing good to show to the others; the message says what is wrong, and the way out.</summary>
public sealed class CredentialsException(string message) : Exception(message);
