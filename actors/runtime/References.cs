using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;

namespace IpvlanActors.Runtime;

/// <summary>What people type for a network or an endpoint: a name, an id, or a beginning of an id that fits one only.</summary>
public static class References
{
    private const int ShortestBeginning = 2;

    public static (NetworkId Network, Refusal? Refusal) Network(string text, Boards boards)
    {
        // names are unique in the cluster; an attached network may be missing from the catalogue while the registry is away
        var known = boards.View.Current.Networks.Select(n => (Id: n.Key, n.Value.Spec!.Name))
            .Concat(boards.Catalogue.Current.Networks.Select(n => (Id: n.Key, n.Value.Spec.Name))).Distinct().ToList();
        var found = known.Where(n => n.Name == text).ToList();
        if (found.Count == 0)
            found = [.. known.Where(n => IsBeginning(text, n.Id.Value))];
        return found.Count switch
        {
            1 => (found[0].Id, null),
            0 => (default, new(RefusalCodes.NetworkUnknown, $"network {text} not found: ipvlanctl network ls shows all.")),
            _ => (default, new(RefusalCodes.ReferenceAmbiguous, $"'{text}' fits several networks ({string.Join(", ", found.Select(n => n.Id.Short))}): type more of the id.")),
        };
    }

    public static (HostId Host, Refusal? Refusal) Host(string text, Boards boards)
    {
        var catalogue = boards.Catalogue.Current;
        var found = catalogue.Hosts.Keys.Where(h => catalogue.HostName(h) == text || h.ToString() == text).ToList();
        if (found.Count == 0 && HostId.TryParse(text, out var id))
            found = [id]; // forgotten already, perhaps not by every network
        return found.Count switch
        {
            1 => (found[0], null),
            0 => (default, new(RefusalCodes.HostUnknown, $"host {text} not found: ipvlanctl cluster status shows all.")),
            _ => (default, new(RefusalCodes.ReferenceAmbiguous, $"'{text}' fits several hosts ({string.Join(", ", found)}): use an id.")),
        };
    }

    public static (EndpointState? Endpoint, Refusal? Refusal) Endpoint(string text, Boards boards)
    {
        var view = boards.View.Current;
        if (EndpointId.TryParse(text, out var id) && view.Endpoints.TryGetValue(id, out var exact))
            return (exact, null);
        var found = view.Networks.Values.Select(n => n.HolderNamed(text)).OfType<EndpointId>()
            .Select(view.Endpoints.GetValueOrDefault).OfType<EndpointState>().ToList();
        if (found.Count == 0)
            found = [.. view.Endpoints.Values.Where(e => IsBeginning(text, e.Endpoint.Value))];
        return found.Count switch
        {
            1 => (found[0], null),
            0 => (null, new(RefusalCodes.EndpointUnknown, $"endpoint {text} not found on this host: ipvlanctl endpoint ls shows all.")),
            _ => (null, new(RefusalCodes.ReferenceAmbiguous,
                $"'{text}' fits several endpoints ({string.Join(", ", found.Select(e => $"{e.Endpoint.Short} in {view.Networks.GetValueOrDefault(e.Network)?.Spec?.Name}"))}): use an id.")),
        };
    }

    /// <summary>The endpoint of that very name in one network.</summary>
    public static (EndpointState? Endpoint, Refusal? Refusal) Endpoint(string name, string network, Boards boards)
    {
        var (id, refusal) = Network(network, boards);
        if (refusal is not null)
            return (null, refusal);
        var view = boards.View.Current;
        return view.Networks.GetValueOrDefault(id)?.HolderNamed(name) is { } endpoint && view.Endpoints.TryGetValue(endpoint, out var found)
            ? (found, null)
            : (null, new(RefusalCodes.EndpointUnknown, $"endpoint {name} of network {network} not found on this host: ipvlanctl endpoint ls shows all."));
    }

    private static bool IsBeginning(string text, string id) =>
        text.Length >= ShortestBeginning && id.StartsWith(text, StringComparison.Ordinal);
}
