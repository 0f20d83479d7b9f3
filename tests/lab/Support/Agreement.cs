using IpvlanActors.Daemon.Http.Contract;
using IpvlanActors.Journal.Inspection;
using Xunit;

namespace IpvlanActors.Tests.Lab.Support;

/// <summary>
/// That the journal (as the node tells it) and the kernel (as <c>ip</c> shows it) say the same: everything that should be
/// there is, nothing of ours is there without a reason, and nothing of others has been touched.
/// </summary>
internal static class Agreement
{
    private const uint PeerMetric = 4213;

    public static Task MustHold(LabHost host, double seconds = 10) => Eventually.Holds(() => Check(host), seconds, host);

    private static async Task Check(LabHost host)
    {
        var view = await host.Space.Look();
        var networks = new List<NetworkDetail>();
        foreach (var network in await host.Ctl.Networks())
            networks.Add(await host.Ctl.Network(network.Name));

        ParentsAreThere(view, networks);
        await EndpointsAreThere(host);
        RoutesHaveAReason(view, networks, await host.Ctl.Routes());
        Lines.Same(host.Before.OfOthers, view.OfOthers);
        Assert.Empty(JournalCheck.Run(host.Daemon.Journal).Checks.SelectMany(c => c.Problems));
    }

    private static void ParentsAreThere(View view, List<NetworkDetail> networks)
    {
        foreach (var network in networks)
        {
            var parent = view.Link(network.Parent.Link);
            Assert.True(parent.IsUp, $"{parent}, the parent of {network.Name}, is down");
            Assert.Equal(network.Parent.Created, parent.IsOurs);
            Assert.Equal("ready", network.State);
        }
        var parents = networks.Select(n => n.Parent.Link).ToHashSet();
        var leaked = view.Links.Where(l => l.IsOurs && !parents.Contains(l.Name));
        Assert.True(!leaked.Any(), $"Links without a network: {string.Join("; ", leaked)}");
    }

    /// <summary>In both directions: each joined endpoint's link with exactly its addresses, each of our links an endpoint.</summary>
    private static async Task EndpointsAreThere(LabHost host)
    {
        var joined = new List<EndpointDetail>();
        foreach (var endpoint in await host.Ctl.Endpoints())
            joined.Add(await host.Ctl.Endpoint(endpoint.Id));
        joined.RemoveAll(e => e.State != "joined");

        foreach (var container in host.Containers)
        {
            var links = (await container.Look()).Links.Where(l => l.Name != "lo").ToArray();
            var here = joined.Where(e => Path.GetFileName(e.Sandbox) == container.Space.Name).ToArray();
            Assert.Equal(here.Select(e => e.IfName).Order(), links.Select(l => l.Name).Order());
            foreach (var endpoint in here)
            {
                var link = links.Single(l => l.Name == endpoint.IfName);
                Assert.Equal($"ipvland:{endpoint.NetworkId}:{endpoint.Id}", link.Alias);
                Assert.Equal(endpoint.Addresses, link.Global);
                Assert.True(link.IsUp);
            }
            joined.RemoveAll(here.Contains);
        }
        Assert.True(joined.Count == 0, $"Joined, but in no container: {string.Join("; ", joined)}");
    }

    /// <summary>A route of ours is another host's, which the node knows of, or guards a block or a subnet of a network here.</summary>
    private static void RoutesHaveAReason(View view, List<NetworkDetail> networks, IReadOnlyList<RouteDetail> routes)
    {
        var known = routes.Where(r => r.Kernel == "installed" && r.State is "accepted" or "suspect" or "stale").Select(r => r.Prefix).ToHashSet();
        var guarded = networks.SelectMany(n => n.Blocks.Select(b => b.Block).Concat(n.Subnets.Select(s => s.Subnet))).ToHashSet();
        foreach (var route in view.OurRoutes)
        {
            var reasons = route.Metric == PeerMetric ? known : guarded;
            Assert.True(reasons.Contains(Prefix(route)), $"A route without a reason: {route}; known: {string.Join(", ", reasons)}");
        }
        foreach (var prefix in known)
            Assert.Contains(view.OurRoutes, r => r.Metric == PeerMetric && Prefix(r) == prefix);
    }

    /// <summary>ip leaves out the length of a host's route.</summary>
    private static string Prefix(Route route) =>
        route.Destination.Contains('/', StringComparison.Ordinal) ? route.Destination
        : route.Destination.Contains(':', StringComparison.Ordinal) ? $"{route.Destination}/128"
        : $"{route.Destination}/32";
}
