using Xunit;

namespace IpvlanActors.Tests.Lab.Support;

/// <summary>A namespace that stands for a container, and the endpoint that joined it.</summary>
public sealed class Container(Netns space, string name)
{
    public Netns Space => space;

    /// <summary>Of the endpoint; the same in every network that it is in.</summary>
    public string Name => name;

    /// <summary>What <c>endpoint join</c> printed.</summary>
    public string Id { get; init; } = "";

    public Task<View> Look() => space.Look();

    /// <summary>Asserts the container's view in iproute2's words, whole: nothing missing and nothing more.</summary>
    public async Task Shows(string[] addresses, string[] routes, string mode = "l2", int mtu = 1500)
    {
        var view = await Look();
        var eth0 = view.Link("eth0");
        Assert.Equal(("ipvlan", mode, "bridge", mtu), (eth0.Kind, eth0.Mode, eth0.Isolation, eth0.Mtu));
        Assert.True(eth0.IsUp, $"{eth0} is not up");
        Assert.Equal(mode == "l3", eth0.Flags.Contains("NOARP"));
        Assert.Equal(addresses, eth0.Global);
        Assert.All(eth0.Addresses.Where(a => a.Scope == "global" && a.Text.Contains(':', StringComparison.Ordinal)), a => Assert.True(a.NoDad));
        Lines.Same(routes, view.RouteTexts);
        Assert.Equal(["eth0", "lo"], view.Links.Select(l => l.Name).Order());
    }

    public async Task Addresses(params string[] expected) => Assert.Equal(expected, (await Look()).Link("eth0").Global);

    public async Task Pings(params string[] addresses)
    {
        foreach (var address in addresses)
            Assert.True(await space.Reaches(address), $"{name} cannot ping {address}");
    }

    public async Task CannotPing(params string[] addresses)
    {
        foreach (var address in addresses)
            Assert.False(await space.Answers(address), $"{name} can ping {address}");
    }
}
