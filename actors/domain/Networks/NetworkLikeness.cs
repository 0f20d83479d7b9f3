using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Domain.Networks;

/// <summary>What somebody takes for granted of a network that they use.</summary>
/// <param name="Like">How it is to be. What it does not say may be anything.</param>
/// <param name="Make">If there is none of that name, it is made like this.</param>
public sealed record NetworkWish(NetworkRequest Like, bool Make);

/// <summary>Whether a network that is there is the one that somebody means.</summary>
public static class NetworkLikeness
{
    /// <param name="host">The host that asks: a network may have another parent on each.</param>
    /// <returns>Each difference, in words; or what is wrong with the wish itself. Nothing: it is as wished.</returns>
    public static ImmutableArray<Refusal> Differences(NetworkRequest like, NetworkSpec spec, string host)
    {
        var (wish, refusals) = NetworkSpecReader.Read(like);
        if (wish is null)
            return refusals;
        return [.. Words(like, wish, spec, host).Select(words => new Refusal(RefusalCodes.NetworkDiffers,
            $"network {spec.Name} {words}: ask for what it is, take another name, or remove it (ipvlanctl network rm {spec.Name}) so that it can be made anew."))];
    }

    private static IEnumerable<string> Words(NetworkRequest like, NetworkSpec wish, NetworkSpec spec, string host)
    {
        var said = like.Options;
        if (said.ContainsKey(NetworkOptions.ModeKey) && wish.Mode != spec.Mode)
            yield return $"is in mode {Word(spec.Mode)}, not {Word(wish.Mode)}";
        if (said.ContainsKey(NetworkOptions.FlagKey) && wish.Flag != spec.Flag)
            yield return $"has the flag {Word(spec.Flag)}, not {Word(wish.Flag)}";
        if (said.ContainsKey(NetworkOptions.Mtu) && wish.Settings.Mtu != spec.Settings.Mtu)
            yield return $"has {(spec.Settings.Mtu is { } mtu ? $"mtu {mtu}" : "the mtu of its parent")}, not mtu {wish.Settings.Mtu}";
        if (wish.Parents.For(host) is { Length: > 0 } and not ParentChoice.Auto and var parent && spec.Parents.For(host) != parent)
            yield return $"is on {(spec.IsIsolated ? "no link" : spec.Parents.For(host))} on host {host}, not on {parent} (another link on one host is said by -o parent@{host}={parent} when the network is created)";
        if ((said.ContainsKey(NetworkOptions.Parent) || said.ContainsKey(NetworkOptions.ParentIn)) && wish.Parents.InContainer != spec.Parents.InContainer)
            yield return $"has its parent {(spec.Parents.InContainer ? "in each container" : "on the host")}, not {(wish.Parents.InContainer ? "in each container" : "on the host")}";
        if (like.Internal && !spec.Internal)
            yield return "is not internal";
        foreach (var subnet in wish.Subnets)
        {
            if (spec.Subnets.FirstOrDefault(s => s.Prefix == subnet.Prefix) is not { } there)
                yield return $"has {string.Join(", ", spec.Subnets.Select(s => s.Prefix))}, but not the subnet {subnet.Prefix}";
            else if (subnet.Gateway != there.Gateway && like.Gateways.Any(g => Ip.TryParse(g, out var ip) && ip == subnet.Gateway))
                yield return $"has {(there.Gateway is { } gateway ? $"the gateway {gateway}" : "no gateway")} in {subnet.Prefix}, not {subnet.Gateway}";
        }
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
