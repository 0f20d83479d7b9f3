using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Tests.Unit.Support;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Kernel;

/// <summary>What the journal says of a host, and its kernel, which <see cref="Reconcile"/> brings together.</summary>
internal sealed class KernelScene
{
    private ulong _epoch;

    public KernelScene()
    {
        Kernel.AddLink("eth0", "10.0.0.1/24", "2001:db8:1::1/64");
        Kernel.AddLink("eth1", "192.168.7.1/24");
        // of others, never to be touched
        Kernel.AddRoute(new(P("10.99.0.0/16"), RouteKind.Unicast, I("10.0.0.254"), Link("eth0"), 0, 4));
        View = HostView.Empty.Apply(PersistenceIds.Host, new HostBorn(At(), HostA));
    }

    public FakeKernel Kernel { get; } = new();

    public HostView View { get; set; }

    public List<Route> PeerRoutes { get; } = [];

    public DesiredKernel Desired => DesiredKernel.From(View, PeerRoutes);

    /// <summary>A network on this host; its id and its second octet are the digit.</summary>
    public KernelScene Attach(char digit, string options, ParentLink? parent = null)
    {
        var spec = Spec($"10.{digit}.0.0/16 2001:db8:{digit}000::/64", options, name: $"n{digit}");
        if (parent is null)
        {
            var (link, refusal) = ParentRules.Choose(Network(digit), spec, "h1", null, Kernel.Observe([]));
            Assert.Null(refusal);
            parent = link!;
        }

        Tell(digit, new NetworkAttached(At(), Network(digit), spec, parent, Noon));
        if (parent.Made is ParentKind.Vlan or ParentKind.Dummy)
            Tell(digit, new ParentLinkCreated(At(), parent));
        Tell(digit, new BlockReceived(At(), P($"10.{digit}.0.0/26"), (long)++_epoch));
        Tell(digit, new BlockReceived(At(), P($"2001:db8:{digit}000::/122"), (long)++_epoch));
        return this;
    }

    public void Detach(char digit) => Tell(digit, new NetworkDetached(At()));

    /// <summary>An endpoint of a network, in a sandbox of its own.</summary>
    /// <param name="parent">A link of the sandbox, made there by others.</param>
    public KernelScene Join(char network, char endpoint, string? sandbox = null, bool ipv6 = true, string? parent = null)
    {
        var id = PersistenceIds.Endpoint(Endpoint(endpoint));
        var path = $"/run/netns/{sandbox ?? $"c{endpoint}"}";
        var inside = Kernel.Identify(path).Sandbox ?? Kernel.AddSandbox(path);
        if (parent is not null && Kernel.Observe([inside]).Sandboxes.Single().Others.IsEmpty)
            Kernel.AddSandboxLink(path, parent);
        ImmutableArray<InterfaceAddress> addresses = [InterfaceAddress.Parse($"10.{network}.0.{(int)endpoint}/16")];
        if (ipv6)
            addresses = addresses.Add(InterfaceAddress.Parse($"2001:db8:{network}000::{endpoint}/64"));
        View = View.Apply(id, new EndpointCreated(At(), Endpoint(endpoint), Network(network), $"c{endpoint}", addresses))
            .Apply(id, new EndpointJoined(At(), inside, Link($"eth{network}")) { Parent = parent is null ? null : Link(parent) });
        return this;
    }

    public void Leave(char endpoint) =>
        View = View.Apply(PersistenceIds.Endpoint(Endpoint(endpoint)), new EndpointLeft(At(), LeaveReason.Asked));

    public KernelDelta Delta() => KernelDelta.Between(Desired, Observe());

    /// <summary>Looks, compares and applies until there is nothing to do, as the reconciler does.</summary>
    /// <returns>How many rounds did something.</returns>
    public int Reconcile(int atMost = 6)
    {
        for (var round = 0; round < atMost; round++)
        {
            var delta = Delta();
            if (delta.Ops.IsEmpty)
                return round;
            Kernel.Apply(delta.Ops);
        }

        Assert.Empty(Delta().Ops);
        return atMost;
    }

    public ObservedKernel Observe() =>
        Kernel.Observe([.. View.Endpoints.Values.Select(e => e.Sandbox).OfType<Sandbox>().Distinct()]);

    /// <summary>What is to be done, in iproute2's words.</summary>
    public string[] Words() => [.. Delta().Ops.Select(o => KernelWords.Of(o))];

    private void Tell(char network, HostNetworkEvent e) => View = View.Apply(PersistenceIds.HostNetwork(HostA, Network(network)), e);
}
