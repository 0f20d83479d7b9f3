using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using IpvlanActors.Client.Security;
using IpvlanActors.Daemon.Config;
using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Daemon.Security;
using Xunit;

namespace IpvlanActors.Tests.Unit.Http;

/// <summary>The API over TCP: TLS, and only for whom the node knows.</summary>
public sealed class TcpTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ipvland-tcp-").FullName;
    private HttpNode _node = null!;

    private string Tokens => In("tokens");

    public async Task InitializeAsync()
    {
        CertificatesCommand.Run(["--out", _folder, "h1", "ops"], TextWriter.Null, TextWriter.Null);
        CertificatesCommand.Run(["--out", In("foreign"), "ops"], TextWriter.Null, TextWriter.Null);
        await File.WriteAllTextAsync(Tokens, "# who may ask\n");
        _node = await HttpNode.Start(Read("""bind = "127.0.0.1", port = 0, certificate = "h1.pem", key = "h1.key", tokens = "tokens", client-ca = "ca.pem" """));
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Nobody_is_let_in_who_is_not_known()
    {
        using var http = Client(null, null);
        foreach (var path in (string[])["v1/status", "v1/events", "v1/nothing", ""])
            Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), await Get(http, path));
        using var guess = Client("guess", null);
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), await Get(guess, "v1/status"));
        Assert.Equal(HttpStatusCode.OK, (await _node.Http.GetAsync("v1/status")).StatusCode);
    }

    [Fact]
    public async Task A_token_lets_in_from_when_it_is_in_the_file_until_it_is_taken_out()
    {
        using var reader = Client(Make("eve", TokenRole.Read), null);
        using var admin = Client(Make("ops", TokenRole.Admin), null);
        Assert.Equal(HttpStatusCode.OK, (await Get(reader, "v1/status")).Status);
        Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), await Post(reader));
        Assert.Equal((HttpStatusCode.BadRequest, "name-invalid"), await Post(admin));

        await File.WriteAllLinesAsync(Tokens, (await File.ReadAllLinesAsync(Tokens)).Where(l => !l.StartsWith("eve", StringComparison.Ordinal)));
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), await Get(reader, "v1/status"));
        Assert.Equal(HttpStatusCode.OK, (await Get(admin, "v1/status")).Status);

        await File.AppendAllTextAsync(Tokens, "not a line\n");
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), await Get(admin, "v1/status"));
    }

    [Fact]
    public async Task A_certificate_of_the_CA_lets_in_and_no_other()
    {
        using var ours = Client(null, X509Certificate2.CreateFromPemFile(In("ops.pem"), In("ops.key")));
        Assert.Equal(HttpStatusCode.OK, (await Get(ours, "v1/status")).Status);
        Assert.Equal((HttpStatusCode.BadRequest, "name-invalid"), await Post(ours));
        using var theirs = Client(null, X509Certificate2.CreateFromPemFile(In("foreign/ops.pem"), In("foreign/ops.key")));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => theirs.GetAsync("v1/status"));
    }

    [Fact]
    public async Task Without_TLS_nothing_is_answered()
    {
        using var plain = new HttpClient { BaseAddress = new UriBuilder(_node.Tls) { Scheme = "http" }.Uri };
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => plain.GetAsync("v1/status"));
    }

    [Theory]
    [InlineData("""bind = "0.0.0.0" """, "the API never listens without TLS")]
    [InlineData("""bind = "127.0.0.1" """, "the API never listens without TLS")]
    [InlineData("""bind = "0.0.0.0", certificate = "h1.pem", key = "h1.key" """, "nobody could be let in")]
    [InlineData("""bind = "here" """, "is not an IP address")]
    [InlineData("""tokens = "tokens" """, "ipvland.api.tcp.bind is not")]
    [InlineData("""bind = "0.0.0.0", certificate = "none.pem", key = "h1.key", tokens = "tokens" """, "ipvland.api.tcp.certificate cannot be used")]
    [InlineData("""bind = "0.0.0.0", certificate = "h1.pem", key = "h1.key", tokens = "none" """, "ipvland.api.tcp.tokens cannot be used")]
    [InlineData("""bind = "0.0.0.0", certificate = "h1.pem", key = "h1.key", tokens = "h1.pem" """, "line 1 is not NAME")]
    [InlineData("""bind = "0.0.0.0", certificate = "h1.pem", key = "h1.key", client-ca = "h1.key" """, "holds no certificate")]
    [InlineData("""bind = "0.0.0.0", port = 70000, certificate = "h1.pem", key = "h1.key", client-ca = "ca.pem" """, "is not a number from 0 to 65535")]
    public void What_would_be_open_to_all_or_to_nobody_is_refused_at_the_start(string tcp, string why) =>
        Assert.Contains(why, Assert.Throws<ConfigException>(() => Read(tcp)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_others_may_write_is_refused()
    {
        File.SetUnixFileMode(Tokens, UnixFileMode.UserRead | UnixFileMode.OtherWrite);
        Assert.Contains("written by others", Assert.Throws<CredentialsException>(() => TokenFile.Open(Tokens)).Message, StringComparison.Ordinal);
    }

    private string In(string name) => Path.Combine(_folder, name);

    private ApiTcp Read(string tcp)
    {
        var file = In("ipvland.conf");
        var settings = tcp.Replace("\"h1", $"\"{_folder}/h1", StringComparison.Ordinal).Replace("\"tokens", $"\"{_folder}/tokens", StringComparison.Ordinal).Replace("\"ca", $"\"{_folder}/ca", StringComparison.Ordinal);
        File.WriteAllText(file, $"ipvland.api.tcp {{\n{settings.Replace(", ", "\n", StringComparison.Ordinal)}\n}}");
        return DaemonSettings.Read(HoconFiles.Load(file, new Dictionary<string, string>()), _folder, In("s")).ApiTcp!;
    }

    private string Make(string name, TokenRole role)
    {
        using var output = new StringWriter();
        Assert.Equal(0, TokenCommand.Make(name, role, Tokens, output, TextWriter.Null));
        return output.ToString().Trim();
    }

    private HttpClient Client(string? token, X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => new ClientAuthorities([X509CertificateLoader.LoadCertificateFromFile(In("ca.pem"))]).Signed((X509Certificate2)shown!);
        if (certificate is not null)
            handler.SslOptions.ClientCertificates = [certificate];
        var http = new HttpClient(handler) { BaseAddress = _node.Tls };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private static async Task<(HttpStatusCode Status, string Code)> Get(HttpClient http, string path) => await Read(await http.GetAsync(path));

    private static async Task<(HttpStatusCode Status, string Code)> Post(HttpClient http) =>
        await Read(await http.PostAsync("v1/networks", new StringContent("""{"name":"-"}""", Encoding.UTF8, "application/json")));

    private static async Task<(HttpStatusCode Status, string Code)> Read(HttpResponseMessage answer)
    {
        using (answer)
        {
            var code = answer.IsSuccessStatusCode ? "" : JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(), ContractJson.Default.Problem)!.Reasons[0].Code;
            return (answer.StatusCode, code);
        }
    }
}
