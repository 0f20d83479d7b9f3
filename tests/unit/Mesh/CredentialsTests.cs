using IpvlanActors.Client.Security;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Security;
using Xunit;

namespace IpvlanActors.Tests.Unit.Mesh;

/// <summary><c>ipvland certs</c>, and what a host thinks of its own files.</summary>
public sealed class CredentialsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ipvland-certs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void One_command_makes_what_hosts_need_and_again_it_changes_nothing()
    {
        Assert.Equal(0, Make("h1", "h2").Code);
        var before = Everything();
        var one = HostCredentials.Load(Files("h1"));
        Assert.Null(one.Judge(HostCredentials.Load(Files("h2")).Certificate));
        Assert.All(["ca.key", "h1.key"], key => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, key))));

        Assert.Contains("is there already", Make("h1", "h2").Output, StringComparison.Ordinal);
        Assert.Equal(before, Everything());

        Assert.Equal(0, Make("h3").Code);
        Assert.Null(one.Judge(HostCredentials.Load(Files("h3")).Certificate));
        Assert.Equal(0, Make("h1", "--renew").Code);
        Assert.NotEqual(one.Certificate.SerialNumber, HostCredentials.Load(Files("h1")).Certificate.SerialNumber);
    }

    [Theory]
    [InlineData("ca")]
    [InlineData("../h1")]
    [InlineData("h 1")]
    public void A_name_that_is_none_is_refused_and_nothing_is_made(string name)
    {
        var (code, _, error) = Make(name);
        Assert.Equal(1, code);
        Assert.Contains(name, error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_host_refuses_files_that_others_would_refuse_and_says_why()
    {
        Make("h1", "h2");
        Assert.Contains("cannot be read", Refusal(Files("h1") with { Key = Files("h2").Key }), StringComparison.Ordinal);
        Assert.Contains("no certificate in PEM", Refusal(Files("h1") with { Authorities = Files("h1").Key }), StringComparison.Ordinal);
        var foreign = Path.Combine(_folder, "foreign");
        CertificatesCommand.Run(["--out", foreign, "h1"], TextWriter.Null, TextWriter.Null);
        Assert.Contains("is not signed by", Refusal(Files("h1") with { Authorities = Path.Combine(foreign, "ca.pem") }), StringComparison.Ordinal);
        File.WriteAllText(Files("h1").Certificate, "junk");
        Assert.Contains("cannot be read", Refusal(Files("h1")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_a_certificate_is_said_in_words()
    {
        var (ours, theirs) = (new TestAuthority("our CA"), new TestAuthority("their CA"));
        var judge = ours.Host("judge");
        Assert.Null(judge.Judge(ours.Host("h2").Certificate));
        Assert.Equal("there is none.", judge.Judge(null));
        Assert.Equal("h2 is not signed by our CA: take one that the cluster's CA signed.", judge.Judge(theirs.Host("h2").Certificate));
        Assert.StartsWith("h2, or its CA, counts from ", judge.Judge(ours.Expired("h2").Certificate), StringComparison.Ordinal);
        Assert.EndsWith(": renew it, or set this host's clock.", judge.Judge(ours.NotYet("h2").Certificate), StringComparison.Ordinal);
        Assert.Null((judge with { Authorities = [theirs.Certificate, ours.Certificate] }).Judge(theirs.Host("h2").Certificate));
    }

    [Theory]
    [InlineData("ca = x", "ipvland.security.tls.certificate is not set")]
    [InlineData("ca = /none, certificate = /none, key = /none", "ipvland.security.tls.ca = /none: there is no such file")]
    public void Settings_that_cannot_work_are_refused_by_name(string tls, string expected)
    {
        var file = Path.Combine(_folder, "ipvland.conf");
        File.WriteAllText(file, $"ipvland.security.tls {{\n{tls.Replace(", ", "\n", StringComparison.Ordinal).Replace("= x", $"= \"{file}\"", StringComparison.Ordinal)}\n}}");
        var refused = Assert.Throws<ConfigException>(() => DaemonSettings.Read(HoconFiles.Load(file, new Dictionary<string, string>()), _folder, Path.Combine(_folder, "s")));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    private static string Refusal(TlsFiles files) => Assert.Throws<CredentialsException>(() => HostCredentials.Load(files)).Message;

    private TlsFiles Files(string host) => new(Path.Combine(_folder, "ca.pem"), Path.Combine(_folder, host + ".pem"), Path.Combine(_folder, host + ".key"));

    private string Everything() => string.Join('\n', Directory.GetFiles(_folder).Order().Select(f => f + File.ReadAllText(f)));

    private (int Code, string Output, string Error) Make(params string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return (CertificatesCommand.Run(["--out", _folder, .. words], output, error), output.ToString(), error.ToString());
    }
}
