using System.Security.Cryptography.X509Certificates;
using IpvlanActors.Daemon.Security;

namespace IpvlanActors.Tests.Unit.Mesh;

/// <summary>A CA for one test, and what it signs.</summary>
internal sealed class TestAuthority(string name)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    public X509Certificate2 Certificate { get; } = CertificateMaker.Authority(name, Now.AddYears(-3), Now.AddYears(3));

    public HostCredentials Host(string host = "h") => Signed(host, Now.AddHours(-1), Now.AddDays(1));

    public HostCredentials Expired(string host = "h") => Signed(host, Now.AddYears(-2), Now.AddDays(-1));

    public HostCredentials NotYet(string host = "h") => Signed(host, Now.AddDays(1), Now.AddDays(2));

    private HostCredentials Signed(string host, DateTimeOffset from, DateTimeOffset to) => new(CertificateMaker.Host(Certificate, host, from, to), [Certificate]);
}
