using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Domain.Networks;

/// <summary>What a container runtime was told of its own network that is to be one of ours.</summary>
/// <param name="Pools">What it gives out addresses from.</param>
public sealed record RuntimeNetwork(ImmutableArray<Prefix> Pools, ImmutableSortedDictionary<string, string> Options, bool Internal);

/// <summary>Whether a container runtime on this host may have a network under an id of its own.</summary>
public static class BindRules
{
    public static Refusal? Check(NetworkId network, string key, RuntimeNetwork asked, HostView view)
    {
        foreach (var (id, other) in view.Networks)
        {
            if (id != network && other.Binding?.Key == key)
                return new(RefusalCodes.NetworkBound, $"Docker's network {key} is network {other.Spec!.Name} already.");
        }

        if (view.Networks.GetValueOrDefault(network)?.Spec is not { } spec)
            return null; // who is asked to bind it says so
        var contradicted = asked.Options.Where(o => spec.Options.GetValueOrDefault(o.Key) != o.Value).Select(o => $"-o {o.Key}={o.Value}")
            .Concat(asked.Internal && !spec.IsIsolated ? ["--internal"] : []).ToList();
        if (contradicted.Count > 0)
            return new(RefusalCodes.OptionInvalid, $"network {spec.Name} exists, and {string.Join(", ", contradicted)} is not what it was created with: leave that out, or give another name.");
        var strange = asked.Pools.Where(p => !spec.Subnets.Any(s => s.Prefix == p)).ToList();
        return strange.Count == 0
            ? null
            : new(RefusalCodes.SubnetInvalid,
                $"{string.Join(", ", strange)} is no subnet of network {spec.Name}, which has {string.Join(", ", spec.Subnets.Select(s => s.Prefix))}: " +
                $"say --ipam-driver ipvland --ipam-opt network={spec.Name}, or --subnet with one of these.");
    }

    /// <summary>A network that is still to be made for a container runtime.</summary>
    public static Refusal? Check(string name, RuntimeNetwork asked) =>
        asked.Options.GetValueOrDefault(NetworkOptions.ParentIn) == NetworkOptions.Container ? NotByHost(name) : null;

    /// <summary>A slave of a container's own link can be made in that container alone, and a runtime takes links from the host.</summary>
    public static Refusal NotByHost(string name) => new(RefusalCodes.OptionInvalid,
        $"network {name} is one of {NetworkOptions.ParentIn}={NetworkOptions.Container}, which Docker cannot use: it takes a link from the host into the container, where the parent is in the container already; join by ipvlanctl or CNI, or make a network on a link of the host.");

    /// <summary>The network that a container runtime calls so.</summary>
    public static NetworkId? Find(string key, HostView view)
    {
        foreach (var (id, network) in view.Networks)
        {
            if (network.Binding?.Key == key)
                return id;
        }

        return null;
    }
}
