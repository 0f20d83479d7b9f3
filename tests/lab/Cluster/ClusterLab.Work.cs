using System.Globalization;
using IpvlanActors.Tests.Lab.Cluster.Checking;
using IpvlanActors.Tests.Lab.Support;

namespace IpvlanActors.Tests.Lab.Cluster;

/// <summary>Steps that a cluster is there for.</summary>
internal sealed partial class ClusterLab
{
    private const int MostNetworks = 5;
    private const int MostContainers = 6;

    private readonly List<string> _networks = [];
    private int _networksMade;

    private async Task Do(Step step)
    {
        var started = DateTimeOffset.UtcNow;
        var outcome = await Do(step, _sites[step.Host]);
        Write(string.Create(CultureInfo.InvariantCulture, $"{step} ({(DateTimeOffset.UtcNow - started).TotalSeconds:0.0} s): {outcome}"));
    }

    private Task<string> Do(Step step, Site site) => step.Act switch
    {
        Act.Create => Create(site, step.Number),
        Act.RemoveNetwork => RemoveNetwork(site, step.Number),
        Act.Join => Join(site, step.Number, at: ""),
        Act.JoinAt => Join(site, step.Number, at: "."),
        Act.Remove => Remove(site, step.Number),
        Act.Die => Die(site, step.Number),
        Act.Bogus => Provoke(site, step.Number),
        Act.Noise => Shout(site, _sites[step.Other], step.Number),
        _ => Hurt(step, site),
    };

    /// <summary>Mostly L3 over eth0 in both families, some in IPv4 only with blocks of one address, some L2 on a VLAN of their own.</summary>
    private async Task<string> Create(Site site, int number)
    {
        if (_networks.Count >= MostNetworks)
            return "there are enough";
        var n = ++_networksMade;
        var words = (number % 4) switch
        {
            0 or 1 => $"--subnet=10.{100 + n}.0.0/24 --subnet=2001:db8:{n}::/64 -o parent=eth0 -o ipvlan_mode=l3",
            2 => $"--subnet=10.{100 + n}.0.0/28 -o parent=eth0 -o ipvlan_mode=l3",
            _ => $"--subnet=10.{100 + n}.0.0/24 --subnet=2001:db8:{n}::/64 -o parent=eth0.{n}",
        };
        var said = await site.Host.Ctl.Type($"network create {words} n{n}");
        if (said.Code == Ctl.Done)
        {
            _networks.Add($"n{n}");
            Promised(site, Promise.NetworkCreated, said.Out.Trim());
        }

        return Outcome(said);
    }

    private async Task<string> RemoveNetwork(Site site, int number)
    {
        if (_networks.Count < 2)
            return "it is the only one";
        var network = _networks[number % _networks.Count];
        var said = await site.Host.Ctl.Type($"network rm {network}");
        if (said.Code == Ctl.Done)
            _networks.Remove(network);
        return $"{network}: {Outcome(said)}";
    }

    private async Task<string> Join(Site site, int number, string at)
    {
        if (site.Host.Containers.Count >= MostContainers)
            return "there are enough containers";
        if (_networks.Count == 0)
            return "there is no network";
        var network = _networks[number % _networks.Count];
        var address = at.Length == 0 ? "" : $" --ip=10.{100 + int.Parse(network[1..], CultureInfo.InvariantCulture)}.0.{2 + (number % 60)}";
        var container = await site.Host.NewContainer();
        var said = await site.Host.Ctl.Type(LabHost.JoinLine(container, network + address));
        if (said.Code != Ctl.Done)
        {
            await site.Host.Forget(container); // whatever the node made of it, it has lost its namespace
            return $"{network}{address}: {Outcome(said)}";
        }

        site.Host.Joined(container, said.Out.Trim());
        Promised(site, Promise.EndpointJoined, said.Out.Trim());
        return $"{container.Name} in {network}{address}";
    }

    private async Task<string> Remove(Site site, int number)
    {
        if (site.Host.Containers.Count == 0)
            return "there is no container";
        var container = site.Host.Containers[number % site.Host.Containers.Count];
        var said = await site.Host.Ctl.Type($"endpoint rm {container.Id}");
        if (said.Code == Ctl.Done)
        {
            Promised(site, Promise.EndpointRemoved, container.Id);
            await site.Host.Forget(container);
        }

        return $"{container.Name}: {Outcome(said)}";
    }

    private static async Task<string> Die(Site site, int number)
    {
        if (site.Host.Containers.Count == 0)
            return "there is no container";
        var container = site.Host.Containers[number % site.Host.Containers.Count];
        await site.Host.Forget(container);
        return container.Name;
    }

    private void Promised(Site site, Promise what, string id) => _witness.Acknowledged.Add(new(site.Name, DateTimeOffset.UtcNow, what, id));

    private static string Outcome(Said said) => said.Code == Ctl.Done ? "done" : $"{said.Code} {said.Err.Trim().ReplaceLineEndings(" ")}";
}
