using System.Text.Json;

namespace IpvlanActors.Cni;

/// <summary>The network configuration that comes by stdin: the keys of the CNI plugin ipvlan, and ours.</summary>
/// <param name="Root">As it came; it is handed to delegated plugins in these very bytes.</param>
internal sealed record Configuration(byte[] Bytes, JsonElement Root)
{
    public const string Newest = "1.1.0";

    /// <summary>In the order of their age.</summary>
    public static readonly string[] Versions = ["0.3.1", "0.4.0", "1.0.0", Newest];

    private const string DefaultSocket = "/run/ipvland/api.sock";

    /// <summary>Our own addresses: none is delegated to.</summary>
    private const string OwnIpam = "ipvland";

    public string Version => Root.Text("cniVersion");

    public string Name => Root.Text("name");

    /// <summary>The cluster's network: one that is there, if it is named, and else one of the configuration's own name.</summary>
    public string Network => Root.Text("network") is { Length: > 0 } named ? named : Name;

    public bool IsMadeOnFirstUse => Root.Text("network").Length == 0;

    public string Socket => Root.Text("socket");

    public JsonElement Ipam => Root.Get("ipam") ?? default;

    /// <summary>The plugin that gives out the addresses; empty: we do.</summary>
    public string ForeignIpam => Ipam.Text("type") is var type && type != OwnIpam ? type : "";

    public JsonElement? Previous => Root.Get("prevResult");

    /// <summary>The addresses are those that an earlier plugin of the chain left, as nobody else is to give any.</summary>
    public bool TakesPreviousAddresses => Root.Get("ipam") is null && Previous is { } previous && previous.List("ips").Any();

    public static Configuration Read(byte[] bytes)
    {
        try
        {
            var root = JsonDocument.Parse(bytes).RootElement;
            return root.ValueKind == JsonValueKind.Object
                ? new(bytes, root)
                : throw new CniException(CniCode.Undecodable, "the network configuration on stdin is no JSON object");
        }
        catch (JsonException)
        {
            throw new CniException(CniCode.Undecodable, "the network configuration on stdin is no JSON");
        }
    }

    /// <param name="since">The version that brought the command.</param>
    public void MustBe(string since, string command)
    {
        if (!Versions.Contains(Version))
            throw new CniException(CniCode.IncompatibleVersion, $"cniVersion '{Version}' is none of {string.Join(", ", Versions)}");
        if (!IsSince(since))
            throw new CniException(CniCode.IncompatibleVersion, $"{command} needs cniVersion {since} or later; the configuration says {Version}");
        if (Name.Length == 0 || !char.IsAsciiLetterOrDigit(Name[0]) || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-'))
            throw new CniException(CniCode.InvalidConfiguration, $"name: '{Name}' may have letters, digits, '_', '.' and '-', the first a letter or digit");
    }

    public bool IsSince(string version) => Array.IndexOf(Versions, Version) >= Array.IndexOf(Versions, version);

    /// <summary>Where the node listens: said here, or by IPVLAND_SOCKET.</summary>
    public string SocketOr(string? variable) =>
        Socket.Length > 0 ? Socket : string.IsNullOrEmpty(variable) ? DefaultSocket : variable;

    /// <summary>The link that the slave hangs on. <c>auto</c>: that of the default route.</summary>
    public string Master
    {
        get
        {
            const string Auto = "auto";
            if (Root.Text("master") is { Length: > 0 } master)
                return master;
            if (!TakesPreviousAddresses)
                return Auto;
            var named = Previous!.Value.List("interfaces").Select(i => i.Text("name")).Where(n => n.Length > 0).ToList();
            return named is [var only]
                ? only
                : throw new CniException(CniCode.InvalidConfiguration, "master: not said, and prevResult has no single named interface to take in its place");
        }
    }
}
