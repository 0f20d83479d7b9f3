using System.Net;
using IpvlanActors.Client.Security;

namespace IpvlanActors.Client;

/// <summary>For a client that brings its own actor system.</summary>
public sealed record IpvlanClientOptions
{
    /// <summary>Hosts of the cluster as <c>10.0.0.1:4053</c>. One is enough while it is up; the others are found by it.</summary>
    public IReadOnlyList<string> Contacts { get; init; } = [];

    /// <summary>What to show to hosts that speak TLS; null: plain text.</summary>
    public MeshCredentials? Credentials { get; init; }

    /// <summary>Plain text beyond this machine: for labs.</summary>
    public bool InsecureRemoting { get; init; }

    /// <summary>An address of this machine that hosts know the client by; null: that on the way to the first contact.</summary>
    public IPAddress? Bind { get; init; }

    /// <summary>At that address; 0: any free one.</summary>
    public int Port { get; init; }

    /// <summary>How long an answer may take, the way over to another host included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}
