using System.Text.Json;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Cni;

/// <summary>What the runtime remembers of an ADD, held against what the node says.</summary>
internal static class PreviousResult
{
    /// <exception cref="CniException">They differ.</exception>
    public static void Compare(JsonElement previous, EndpointDetail endpoint, Call call)
    {
        if (Plain(endpoint.Sandbox) != Plain(call.Netns))
            throw Differs($"endpoint {endpoint.Name} is in {endpoint.Sandbox}, not in {call.Netns}");
        var interfaces = previous.List("interfaces").ToList();
        var ours = interfaces.FindIndex(i => i.Text("name") == call.IfName && i.Text("sandbox").Length > 0);
        if (ours < 0)
            throw Differs($"prevResult has no interface {call.IfName} in a container");
        if (interfaces[ours].Text("mac") is { Length: > 0 } mac && endpoint.Mac.Length > 0 && !mac.Equals(endpoint.Mac, StringComparison.OrdinalIgnoreCase))
            throw Differs($"interface {call.IfName} has the MAC {endpoint.Mac}, not {mac}");
        var theirs = previous.List("ips").Where(i => i.Get("interface") is null || i.Number("interface") == ours).Select(i => i.Text("address")).ToList();
        if (theirs.Find(a => !endpoint.Addresses.Contains(a)) is { } lost)
            throw Differs($"interface {call.IfName} has {string.Join(", ", endpoint.Addresses)}, but not {lost}");
    }

    /// <summary>What the runtime knows to exist; in the key's older spelling too.</summary>
    public static IEnumerable<(string Container, string IfName)> ValidAttachments(Configuration configuration)
    {
        var key = configuration.Root.Get("cni.dev/valid-attachments") is null ? "cni.dev/attachments" : "cni.dev/valid-attachments";
        if (configuration.Root.Get(key) is null)
            throw new CniException(CniCode.InvalidConfiguration, "GC needs cni.dev/valid-attachments: without it everything would be removed");
        return configuration.Root.List(key).Select(a => (a.Text("containerID"), a.Text("ifname")));
    }

    /// <summary>/var/run leads to /run on every system that has both.</summary>
    private static string Plain(string path) => path.StartsWith("/var/run/", StringComparison.Ordinal) ? path["/var".Length..] : path;

    private static CniException Differs(string how) => new(CniCode.Missing, how);
}
