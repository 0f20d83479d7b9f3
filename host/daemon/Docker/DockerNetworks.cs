using System.Text.Json.Nodes;
using Akka.Event;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime;

namespace IpvlanActors.Daemon.Docker;

/// <summary>
/// <c>docker.auto-create = on</c>: for each network on this host that Docker can use a Docker network of the same name, which goes with it. What
/// was made so bears a label; what people made is never removed.
/// </summary>
internal sealed class DockerNetworks(Boards boards, DockerApi api, string driver, ILoggingAdapter log)
{
    private const string Label = "ipvland.network";
    /// <summary>One that Docker is just making is bound a moment after it has come to this host.</summary>
    private readonly Suspicion<NetworkId> _unbound = new(TimeSpan.FromSeconds(1));
    private readonly Dictionary<string, string> _told = [];
    private string? _seen;
    private bool _isWaiting;

    /// <summary>Networks have come or gone since the last look, or may have to be made.</summary>
    public bool IsBehind => _seen != Seen(boards.View.Current) || _isWaiting;

    /// <exception cref="HttpRequestException">dockerd is not there.</exception>
    public async Task Follow()
    {
        var view = boards.View.Current;
        _seen = Seen(view);
        var there = (await api.Networks()).Where(n => n.Labels.ContainsKey(Label)).ToList();
        var unbound = view.Networks.Where(n => n.Value is { Binding: null, Spec.Parents.InContainer: false } && !there.Any(t => t.Labels[Label] == n.Key.Value)).Select(n => n.Key).ToList();
        var late = _unbound.Look(unbound, TimeProvider.System.GetUtcNow());
        _isWaiting = late.Count < unbound.Count;
        foreach (var id in late)
            await Try(view.Networks[id].Spec!.Name, () => api.Create(Creation(id, view.Networks[id].Spec!)));
        foreach (var gone in there.Where(t => NetworkId.TryParse(t.Labels[Label], out var id) && !view.Networks.ContainsKey(id) && !boards.Catalogue.Current.Networks.ContainsKey(id)))
            await Try(gone.Name, () => api.Remove(gone.Id));
    }

    private static string Seen(HostView view) => string.Join(' ', view.Networks.Select(n => $"{n.Key}{(n.Value.Binding is null ? '-' : '+')}"));

    private JsonObject Creation(NetworkId id, NetworkSpec spec) => new()
    {
        ["Name"] = spec.Name,
        ["CheckDuplicate"] = true,
        ["Driver"] = driver,
        ["Internal"] = spec.Internal,
        ["EnableIPv6"] = spec.SubnetsOf(IpFamily.V6).Any(),
        ["IPAM"] = new JsonObject
        {
            ["Driver"] = driver,
            ["Options"] = new JsonObject { ["network"] = spec.Name },
            ["Config"] = new JsonArray([.. spec.Subnets.Select(s => new JsonObject { ["Subnet"] = s.Prefix.ToString() })]),
        },
        ["Options"] = new JsonObject { ["network"] = spec.Name },
        ["Labels"] = new JsonObject { [Label] = id.Value },
    };

    /// <summary>What dockerd will not do now, it may do later (a name that is taken, a container that is still there); told once.</summary>
    private async Task Try(string name, Func<Task> step)
    {
        try
        {
            await step();
            _told.Remove(name);
        }
        catch (HttpRequestException e) when (e.StatusCode is not null)
        {
            if (_told.GetValueOrDefault(name) != e.Message)
                log.Warning("Docker's network {Name}: {Cause}", name, e.Message);
            _told[name] = e.Message;
        }
    }
}
