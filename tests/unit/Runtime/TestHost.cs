using IpvlanActors.Domain.Kernel;
using IpvlanActors.Sqlite;
using IpvlanActors.Tests.Unit.Support;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>What outlives a node: the kernel, the containers and the journal of one host with the link eth0, 10.0.0.1/24.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ipvland-node-").FullName;
    private readonly List<Sandbox> _sandboxes = [];
    private TestNode? _node;

    public TestHost() => Kernel.AddLink("eth0", "10.0.0.1/24", "2001:db8::1/64");

    public FakeKernel Kernel { get; } = new();

    /// <summary>What a node is told of where its journal lies.</summary>
    public string Identity { get; set; } = "the file on the machine";

    /// <summary>Of the kernel that the next node finds.</summary>
    public string BootId { get; set; } = FakeKernel.BootId;

    /// <summary>Of the next node; none: there is no default route.</summary>
    public string? DefaultLink { get; set; }

    /// <summary>No registry answers the next node.</summary>
    public bool IsAlone { get; set; }

    public string Journal => Path.Combine(_folder, "journal.db");

    public IReadOnlyList<Sandbox> Sandboxes => _sandboxes;

    /// <returns>What to join: the name that <c>ip netns</c> would have.</returns>
    public string Container(string name)
    {
        _sandboxes.Add(Kernel.AddSandbox("/run/netns/" + name));
        return name;
    }

    public void EndContainer(string name) => Kernel.RemoveSandbox("/run/netns/" + name);

    public async Task<TestNode> Start()
    {
        await Stop();
        return _node = await TestNode.Start(this);
    }

    /// <summary>As after kill -9: whatever the node has not journaled is forgotten, the kernel holds what it held.</summary>
    public async Task Stop()
    {
        if (_node is null)
            return;
        await _node.Stop();
        _node = null;
        await SqliteDatabase.WhenClosed(Journal).WaitAsync(TimeSpan.FromSeconds(20));
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Directory.Delete(_folder, recursive: true);
    }
}
