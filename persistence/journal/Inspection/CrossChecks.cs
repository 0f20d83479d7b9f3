using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Journal.Inspection;

/// <summary>
/// What the journals of one file owe each other at any moment, also in the middle of a join or a crash: an address is
/// allocated before its endpoint is written, and released after the endpoint is removed; a block is claimed before it is
/// received, and surrendered before it is released.
/// </summary>
internal sealed class CrossChecks
{
    private readonly HostState _host;
    private readonly RegistryState? _registry;
    private readonly Dictionary<NetworkId, HostNetworkState> _attached = [];
    private readonly Dictionary<NetworkId, NetworkState> _networks = [];
    private readonly List<EndpointState> _endpoints = [];

    public CrossChecks(IReadOnlyDictionary<string, object> states)
    {
        _host = (HostState)states.GetValueOrDefault(PersistenceIds.Host, HostDecider.Initial);
        _registry = (RegistryState?)states.GetValueOrDefault(PersistenceIds.Registry);
        foreach (var (id, state) in states)
        {
            if (state is HostNetworkState { IsAttached: true } attached)
                _attached[attached.Network] = attached;
            else if (state is NetworkState network && PersistenceIds.IsNetwork(id, out var networkId))
                _networks[networkId] = network;
            else if (state is EndpointState { Exists: true } endpoint)
                _endpoints.Add(endpoint);
        }
    }

    public string Counts =>
        $"{_attached.Values.Sum(n => n.Holders.Values.Sum(h => h.Addresses.Length))} addresses, {_endpoints.Count} endpoints, " +
        $"{_attached.Values.Sum(n => n.Blocks.Count)} blocks held here, {_networks.Values.Sum(n => n.Blocks.Count)} owned in the cluster";

    public IEnumerable<string> Problems() => [.. Addresses(), .. Endpoints(), .. Blocks(), .. Names()];

    /// <summary>What a crash at the wrong moment leaves behind, and the node puts right.</summary>
    public IEnumerable<string> Notes()
    {
        var known = _endpoints.Select(e => e.Endpoint).ToHashSet();
        foreach (var (network, state) in _attached)
        {
            foreach (var (endpoint, holder) in state.Holders.Where(h => !known.Contains(h.Key)).OrderBy(h => h.Key))
                yield return $"endpoint {endpoint} ({holder.Name}) holds {string.Join(", ", holder.Addresses)} of network {network.Short} but does not exist: a join or removal under way, or cut short";
        }

        foreach (var (network, state) in _attached)
        {
            foreach (var (block, epoch) in state.Lost)
                yield return $"{block} of network {network.Short} was taken from this host (epoch {epoch}); endpoints that hold addresses of it are to be removed";
        }

        foreach (var (network, spec) in _registry?.Networks ?? RegistryDecider.Initial.Networks)
        {
            if (!_networks.ContainsKey(network))
                yield return $"the name {spec.Name} is reserved for network {network}, which was never created: a creation under way, or cut short";
        }
    }

    private IEnumerable<string> Addresses()
    {
        var holders = new Dictionary<Ip, EndpointId>();
        foreach (var (network, state) in _attached)
        {
            foreach (var (endpoint, address) in state.Holders.SelectMany(h => h.Value.Addresses.Select(a => (h.Key, a))))
            {
                if (!holders.TryAdd(address, endpoint))
                    yield return $"{address} has two holders, endpoints {holders[address]} and {endpoint}";
                if (state.BlockOf(address) is not { } block)
                {
                    if (!state.Lost.Keys.Any(b => b.Contains(address)))
                        yield return $"{address} of endpoint {endpoint} lies in no block that this host holds of network {network.Short}";
                }
                else if (!block.Value.Used.TryGetValue(address, out var used) || used != endpoint)
                {
                    yield return $"{address} of endpoint {endpoint} is not marked as its own in block {block.Key}";
                }
            }
        }
    }

    private IEnumerable<string> Endpoints()
    {
        foreach (var endpoint in _endpoints)
        {
            var id = PersistenceIds.Endpoint(endpoint.Endpoint);
            if (!_attached.TryGetValue(endpoint.Network, out var network))
            {
                yield return $"{id}: its network {endpoint.Network} is not attached on this host";
                continue;
            }

            var held = network.Holders.GetValueOrDefault(endpoint.Endpoint)?.Addresses ?? [];
            foreach (var address in endpoint.Addresses.Select(a => a.Address).Where(a => !held.Contains(a)))
                yield return $"{id}: its address {address} is not allocated to it";
        }
    }

    /// <summary>Only where the registry's journal lies in the same file.</summary>
    private IEnumerable<string> Blocks()
    {
        foreach (var (network, state) in _attached.Where(a => _networks.ContainsKey(a.Key)))
        {
            var owners = _networks[network].Owners;
            foreach (var (block, own) in state.Blocks)
            {
                if (!owners.TryGetValue(block, out var owner))
                    yield return $"{block} of network {network.Short} is held here with epoch {own.Epoch}, and owned by nobody";
                else if (owner.Host != _host.Id || owner.Epoch < own.Epoch) // a higher one: the answer is still to come
                    yield return $"{block} of network {network.Short} is held here with epoch {own.Epoch}, and owned by host {owner.Host} with epoch {owner.Epoch}";
            }
        }
    }

    private IEnumerable<string> Names()
    {
        foreach (var (network, state) in _networks.Where(n => n.Value.Exists))
        {
            if (_registry is null || !_registry.Networks.TryGetValue(network, out var reserved))
                yield return $"network {state.Spec!.Name} ({network}) exists without a reserved name";
            else if (!reserved.Equals(state.Spec))
                yield return $"network {state.Spec!.Name} ({network}) is not what was reserved";
        }
    }
}
