using System.Security.Cryptography.X509Certificates;
using IpvlanActors.Client.Security;

namespace IpvlanActors.Daemon.Security;

/// <summary>Whoever shows a certificate for clients that one of these has signed may do everything.</summary>
public sealed record ClientAuthorities(X509Certificate2Collection Authorities)
{
    private const string ForClients = "1.3.6.1.5.5.7.3.2";

    /// <exception cref="CredentialsException">The file holds none.</exception>
    public static ClientAuthorities Load(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? new(authorities) : throw new CredentialsException($"{file} holds no certificate in PEM.");
    }

    public bool Signed(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(Authorities);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.ApplicationPolicy.Add(new(ForClients));
        return chain.Build(certificate);
    }
}
