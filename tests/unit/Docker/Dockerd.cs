using System.Text.Json.Nodes;
using IpvlanActors.Daemon.Docker;
using IpvlanActors.Tests.Unit.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Docker;

/// <summary>
/// In dockerd's place: says to the real plugin over a real node what dockerd was recorded to say, and does to the kernel what
/// dockerd does to links. What the recorded answers named (pools, addresses), it replaces by what the plugin answers.
/// </summary>
internal sealed class Dockerd(TestHost host, TestNode node)
{
    private readonly DockerPlugin _plugin = new(node.Ask, node.Context.Boards, static () => { });
    private readonly Dictionary<string, string> _pools = [];
    private readonly Dictionary<string, string> _addresses = [];
    private readonly Dictionary<string, (string Link, string Sandbox, string Name)> _links = [];

    /// <summary>Every Join's answer, by endpoint.</summary>
    public Dictionary<string, JsonObject> Joined { get; } = [];

    /// <returns>Method, body and recorded answer of each call, after the command that led to it.</returns>
    public static IEnumerable<(string Command, string Method, string Body, JsonObject Recorded)> Read(string scenario)
    {
        using var stream = typeof(Dockerd).Assembly.GetManifestResourceStream("docker/" + scenario)!;
        using var reader = new StreamReader(stream);
        var command = "";
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("$ ", StringComparison.Ordinal))
                command = line[2..];
            else if (line.Split('\t') is [var method, var body, var recorded])
                yield return (command, method, body, JsonNode.Parse(recorded)!.AsObject());
        }
    }

    public async Task<JsonObject> Call(string method, string body)
    {
        var answer = await _plugin.Answer(method, body);
        return Assert.IsType<JsonObject>(answer);
    }

    /// <summary>Says it twice, as dockerd does when a connection breaks, and expects the same answer; but for what may be given once only.</summary>
    public async Task<JsonObject> Replay(string method, string body, JsonObject recorded)
    {
        body = Translated(body);
        var answer = await Call(method, body);
        if (method is not ("IpamDriver.RequestAddress" or "IpamDriver.RequestPool"))
            Assert.Equal(answer.ToJsonString(), (await Call(method, body)).ToJsonString());
        Learn(method, body, recorded, answer);
        return answer;
    }

    private string Translated(string body)
    {
        if (body.Length == 0)
            return body;
        var json = JsonNode.Parse(body)!.AsObject();
        if (json["PoolID"]?.GetValue<string>() is { } pool)
            json["PoolID"] = _pools.GetValueOrDefault(pool, pool);
        foreach (var data in new[] { "IPv4Data", "IPv6Data" }.SelectMany(k => json[k]?.AsArray() ?? []))
        {
            if (data!["AddressSpace"]!.GetValue<string>() != "LocalDefault")
                data["AddressSpace"] = IpamDriver.Space;
            data["Pool"] = _addresses.GetValueOrDefault(data["Pool"]!.GetValue<string>(), data["Pool"]!.GetValue<string>());
            data["Gateway"] = _addresses.GetValueOrDefault(data["Gateway"]!.GetValue<string>(), data["Gateway"]!.GetValue<string>());
        }

        if (json["Interface"] is JsonObject link)
        {
            link["MacAddress"] = ""; // the recorded IPAM driver asked for one, and ours does not
            foreach (var key in new[] { "Address", "AddressIPv6" })
                link[key] = _addresses.GetValueOrDefault(link[key]!.GetValue<string>(), link[key]!.GetValue<string>());
        }

        if (json["Address"]?.GetValue<string>() is { Length: > 0 } address)
            json["Address"] = _addresses.FirstOrDefault(a => a.Key.StartsWith(address + "/", StringComparison.Ordinal)).Value?.Split('/')[0] ?? address;
        return json.ToJsonString();
    }

    private void Learn(string method, string body, JsonObject recorded, JsonObject answer)
    {
        if (answer.ContainsKey("Err"))
            return;
        if (recorded["PoolID"] is { } pool)
        {
            _pools[pool.GetValue<string>()] = answer["PoolID"]!.GetValue<string>();
            _addresses[recorded["Pool"]!.GetValue<string>()] = answer["Pool"]!.GetValue<string>();
        }

        if (recorded["Address"] is { } address)
            _addresses[address.GetValue<string>()] = answer["Address"]!.GetValue<string>();
        if (method == "NetworkDriver.Join")
            Take(JsonNode.Parse(body)!.AsObject(), answer);
        else if (method == "NetworkDriver.Leave" && _links.Remove(JsonNode.Parse(body)!["EndpointID"]!.GetValue<string>(), out var link))
            host.Kernel.GiveBackLink(link.Sandbox, link.Name, link.Link);
    }

    private void Take(JsonObject join, JsonObject answer)
    {
        var (endpoint, sandbox) = (join["EndpointID"]!.GetValue<string>(), join["SandboxKey"]!.GetValue<string>());
        Joined[endpoint] = answer;
        if (_links.ContainsKey(endpoint))
            return;
        if (host.Kernel.Identify(sandbox).Sandbox is null)
            host.Kernel.AddSandbox(sandbox);
        var link = answer["InterfaceName"]!["SrcName"]!.GetValue<string>();
        var taken = _links.Values.Where(l => l.Sandbox == sandbox).Select(l => l.Name).ToList();
        var name = Enumerable.Range(0, taken.Count + 1).Select(n => $"eth{n}").First(n => !taken.Contains(n));
        host.Kernel.TakeLink(link, sandbox, name);
        _links[endpoint] = (link, sandbox, name);
    }
}
