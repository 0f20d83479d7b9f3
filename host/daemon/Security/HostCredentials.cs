using System.Security.Cryptography.X509Certificates;
using Akka.Remote.Transport.DotNetty;
using IpvlanActors.Client.Security;

namespace IpvlanActors.Daemon.Security;

/// <summary>What this host shows to the others, and by what it judges what they show; see <see cref="MeshCredentials"/>.</summary>
/// <param name="Certificate">With its key.</param>
/// <param name="Authorities">Whoever is signed by one of these is of this cluster.</param>
public sealed record HostCredentials(X509Certificate2 Certificate, X509Certificate2Collection Authorities)
{
    private MeshCredentials Rules => new(Certificate, Authorities);

    /// <summary>Reads the files, and holds this host to what the others will hold it to.</summary>
    /// <exception cref="CredentialsException">A file cannot be read, or others would refuse this host.</exception>
    public static HostCredentials Load(TlsFiles files)
    {
        var read = MeshCredentials.Load(files.Authorities, files.Certificate, files.Key);
        return new(read.Certificate, read.Authorities);
    }

    /// <inheritdoc cref="MeshCredentials.ForRemoting"/>
    public DotNettySslSetup ForRemoting() => Rules.ForRemoting();

    /// <inheritdoc cref="MeshCredentials.Judge"/>
    public string? Judge(X509Certificate2? certificate) => Rules.Judge(certificate);
}
