using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Tests.Unit.Support;

/// <summary>What others do to this host: its links, addresses, routes and containers come and go.</summary>
public sealed partial class FakeKernel
{
    /// <summary>Adds a link of the host's own, up and running (<c>AddLink("eth0", "10.0.0.1/24", "2001:db8::1/64")</c>).</summary>
    /// <returns>Its index.</returns>
    public int AddLink(string name, params string[] addresses) => Outside(() =>
    {
        var link = new FakeLink(_nextIndex, name) { Up = true, Mac = $"02:00:00:00:00:{_nextIndex++:x2}" };
        link.Addresses.AddRange(addresses.Select(InterfaceAddress.Parse));
        _links.Add(link);
        Change(KernelChanges.Links | (addresses.Length > 0 ? KernelChanges.Addresses : 0));
        return link.Index;
    });

    /// <summary>Removes a link with all that hangs on it: its VLANs, its slaves in every sandbox, its routes.</summary>
    public void RemoveLink(string name) => Outside(() => Destroy(Named(name)));

    /// <summary>
    /// Sets a link up or down. Down takes its IPv4 routes without a word, its IPv6 routes and addresses with one, and
    /// none of them comes back by itself.
    /// </summary>
    public void SetLink(string name, bool up) => Outside(() => SetUp(Named(name), up));

    /// <summary>Plugs or pulls the cable. Routes stay.</summary>
    public void SetCarrier(string name, bool running) => Outside(() =>
    {
        Named(name).Running = running;
        Change(KernelChanges.Links);
    });

    /// <summary>Slaves follow their parent's MTU.</summary>
    public void SetMtu(string name, int mtu) => Outside(() =>
    {
        var link = Named(name);
        link.Mtu = mtu;
        foreach (var slave in SlavesOf(link.Index))
            slave.Mtu = mtu;
        Change(KernelChanges.Links);
    });

    public void RenameLink(string name, string newName) => Outside(() =>
    {
        var link = Named(name);
        var (from, to) = (link.Name, LinkName.Parse(newName));
        link.Name = to;
        for (var i = 0; i < _routes.Count; i++)
            _routes[i] = _routes[i].Device == from ? _routes[i] with { Device = to } : _routes[i];
        Change(KernelChanges.Links);
    });

    public void AddAddress(string link, string address) => Outside(() =>
    {
        Named(link).Addresses.Add(InterfaceAddress.Parse(address));
        Change(KernelChanges.Addresses);
    });

    /// <summary>Removes an address, and without a word the routes whose next hop was on-link by it alone.</summary>
    public void RemoveAddress(string link, string address) => Outside(() =>
    {
        var on = Named(link);
        on.Addresses.Remove(InterfaceAddress.Parse(address));
        _routes.RemoveAll(r => r.Device == on.Name && r.NextHop is { } hop && !IsOnLink(hop, on));
        Change(KernelChanges.Addresses);
    });

    /// <summary>What <see cref="Neighbours"/> says of a hop; of all others that they answer.</summary>
    public void SetNeighbour(Hop hop, NeighbourState state)
    {
        lock (_lock)
            _neighbours[hop] = state;
    }

    /// <summary>A route of anybody's; only one of our protocol is told to watchers.</summary>
    public void AddRoute(Route route) => Outside(() =>
    {
        _routes.Add(route);
        Change(route.Protocol == Ownership.RouteProtocol ? KernelChanges.Routes : 0);
    });

    public void RemoveRoute(Route route) => Outside(() =>
    {
        if (_routes.Remove(route) && route.Protocol == Ownership.RouteProtocol)
            Change(KernelChanges.Routes);
    });

    /// <summary>A container starts. The same path gives another namespace each time.</summary>
    public Sandbox AddSandbox(string path) => Outside(() =>
    {
        var sandbox = new FakeSandbox(new(path, _nextInode++, BootId));
        sandbox.Links.Add(new(1, "lo") { IsLoopback = true, Up = true });
        _sandboxes.Add(path, sandbox);
        return sandbox.Identity;
    });

    /// <summary>A container ends; its links end with it.</summary>
    public void RemoveSandbox(string path) => Outside(() => _sandboxes.Remove(path));

    /// <summary>A slave of an endpoint's in the host's own namespace, as a crash may leave it.</summary>
    public void AddSlaveLink(string name, string parent, NetworkId network, EndpointId endpoint) => Outside(() =>
    {
        _links.Add(new(_nextIndex++, name) { Kind = "ipvlan", Alias = Ownership.SlaveAlias(network, endpoint), ParentIndex = Named(parent).Index });
        Change(KernelChanges.Links);
    });

    /// <summary>A container runtime takes a link of the host's into a sandbox, names it and sets it up.</summary>
    public void TakeLink(string name, string path, string newName, params string[] addresses) => Outside(() =>
    {
        var link = Named(name);
        _links.Remove(link);
        (link.Name, link.Up) = (LinkName.Parse(newName), true);
        link.Addresses.AddRange(addresses.Select(InterfaceAddress.Parse));
        _sandboxes[path].Links.Add(link);
        Change(KernelChanges.Links);
    });

    /// <summary>It gives the link back: down, and under the name that it had.</summary>
    public void GiveBackLink(string path, string name, string oldName) => Outside(() =>
    {
        var link = _sandboxes[path].Links.Single(l => l.Name.Value == name);
        _sandboxes[path].Links.Remove(link);
        (link.Name, link.Up) = (LinkName.Parse(oldName), false);
        link.Addresses.Clear();
        _links.Add(link);
        Change(KernelChanges.Links);
    });

    /// <summary>A link of somebody else's in a sandbox (the <c>eth0</c> of another driver).</summary>
    public void AddSandboxLink(string path, string name) =>
        Outside(() => _sandboxes[path].Links.Add(new(_nextIndex, name) { Up = true, Mac = $"02:00:00:00:01:{_nextIndex++:x2}" }));

    public void SetSandboxLink(string path, string name, bool up) => Outside(() => _sandboxes[path].Links.Single(l => l.Name.Value == name).Up = up);

    /// <summary>Somebody in the container deletes a link there, or renames it.</summary>
    public void RemoveSandboxLink(string path, string name) => Outside(() =>
    {
        Forget(_sandboxes[path], _sandboxes[path].Links.Single(l => l.Name.Value == name));
        Change(KernelChanges.Slaves);
    });

    public void AddSandboxRoute(string path, Route route) => Outside(() => _sandboxes[path].Routes.Add(route));

    public void RemoveSandboxRoute(string path, Route route) => Outside(() => _sandboxes[path].Routes.Remove(route));

    /// <summary>Tells watchers that messages were lost.</summary>
    public void Overrun() => Outside(() => Change(KernelChanges.All));

    private void Outside(Action change) => Outside(() =>
    {
        change();
        return 0;
    });

    private T Outside<T>(Func<T> change)
    {
        T result;
        lock (_lock)
            result = change();
        Notify();
        return result;
    }

    private FakeLink Named(string name) =>
        _links.Find(l => l.Name.Value == name) ?? throw new ArgumentException($"The fake kernel has no link {name}.", nameof(name));
}
