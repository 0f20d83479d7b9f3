using Xunit;

namespace IpvlanActors.Tests.Lab.Support;

/// <summary>A host: its namespace, its daemon, the tool, and what a test has made there, so that it can be cleared away.</summary>
public sealed class LabHost(Netns space, DaemonConfig config) : IAsyncDisposable
{
    private readonly List<string> _networks = [];
    private readonly List<Container> _containers = [];
    private int _named;

    public Netns Space => space;

    public DaemonProcess Daemon { get; } = new(space, config);

    public Ctl Ctl => field ??= new(Daemon);

    public IReadOnlyList<Container> Containers => _containers;

    /// <summary>The kernel as it was before the daemon did anything, or as <see cref="Remember"/> found it.</summary>
    public View Before { get; private set; } = new([], []);

    public static LabHost On(Netns space, DaemonConfig config) => new(space, config);

    public async Task Remember() => Before = await space.Look();

    /// <summary><c>network create</c> with these words; the name comes last. Gives the id.</summary>
    public async Task<string> Create(string words)
    {
        var name = words.Split(' ')[^1];
        var id = await Ctl.Must($"network create {words}");
        _networks.Add(name);
        Assert.Matches("^[0-9a-f]{32}$", id);
        return id;
    }

    /// <summary><c>network rm</c>, which must succeed.</summary>
    public async Task Remove(string network)
    {
        await Ctl.Must($"network rm {network}");
        _networks.Remove(network);
    }

    /// <summary>What <c>docker run --net</c> does: a new container in a network. Words: its name, then options.</summary>
    public async Task<Container> Run(string words)
    {
        var container = await NewContainer();
        return await Join(container, words);
    }

    /// <summary>A container without a network yet.</summary>
    public async Task<Container> NewContainer()
    {
        var space = (await Netns.Make($"c{++_named}"))[0];
        var container = new Container(space, $"c{_named}");
        _containers.Add(container);
        await space.Ip("link set lo up");
        return container;
    }

    public async Task<Container> Join(Container container, string words) => Joined(container, await Ctl.Must(JoinLine(container, words)));

    /// <summary>Takes down that the container's endpoint has this id.</summary>
    public Container Joined(Container container, string id)
    {
        Assert.Matches("^[0-9a-f]{32}$", id);
        var joined = new Container(container.Space, container.Name) { Id = id };
        _containers[_containers.IndexOf(container)] = joined;
        return joined;
    }

    public static string JoinLine(Container container, string words)
    {
        var parts = words.Split(' ', 2);
        return $"endpoint join {parts[0]} --netns {container.Space.Path} --name {container.Name} {parts.ElementAtOrDefault(1)}";
    }

    /// <summary>What <c>docker rm -f</c> does: the endpoint leaves and is removed, the namespace goes.</summary>
    public async Task Stop(Container container)
    {
        await Ctl.Must($"endpoint rm {container.Name}");
        await Forget(container);
    }

    /// <summary>The namespace goes without a word to the daemon.</summary>
    public async Task Forget(Container container)
    {
        _containers.Remove(container);
        await container.Space.DisposeAsync();
    }

    /// <summary>Asserts that a command is refused, that the text names the input and the rule, and that nothing has changed.</summary>
    public async Task Refuses(string line, string input, string rule, View kernel, long events)
    {
        var said = await Ctl.Type(line);

        Assert.True(said.Code == Support.Ctl.Refused, said.ToString());
        Assert.Contains(input, said.Err, StringComparison.Ordinal);
        Assert.Matches(rule, said.Err);
        Lines.Same(kernel.Everything, (await space.Look()).Everything);
        Assert.Equal(events, (await Ctl.Status()).JournalEvents);
    }

    /// <summary>
    /// Removes whatever a test left on these hosts (all endpoints before any network, since a network is one for all of
    /// them), and asserts that their kernels are as they were.
    /// </summary>
    public static async Task Clear(params LabHost[] hosts)
    {
        foreach (var host in hosts)
            await host.ClearEndpoints();
        foreach (var host in hosts)
            await host.ClearNetworks();
        foreach (var host in hosts)
            await host.BecomesAsBefore();
    }

    /// <summary>Waits until the kernel is as it was before the daemon did anything: removing is answered before it is done.</summary>
    public Task BecomesAsBefore() => Eventually.Holds(IsAsBefore, 5, this);

    /// <summary>Asserts that it is so already.</summary>
    public async Task IsAsBefore() => Lines.Same(Before.Everything, (await space.Look()).Everything);

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        foreach (var container in _containers)
            await container.Space.DisposeAsync();
    }

    private async Task ClearEndpoints()
    {
        if (!Daemon.Running)
            await Daemon.Start();
        foreach (var endpoint in await Ctl.Endpoints())
            await Ctl.Type($"endpoint rm {endpoint.Id}");
        foreach (var container in _containers.ToArray())
            await Forget(container);
    }

    private async Task ClearNetworks()
    {
        foreach (var network in _networks.ToArray())
            await Ctl.Type($"network rm {network}");
        _networks.Clear();
        Assert.Empty(await Ctl.Networks());
    }
}
