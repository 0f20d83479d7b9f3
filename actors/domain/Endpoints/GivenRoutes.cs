using System.Collections.Immutable;
using IpvlanActors.Domain.Addressing;

namespace IpvlanActors.Domain.Endpoints;

/// <summary>A route that somebody wants in a container.</summary>
/// <param name="Via">None: by the gateway of the endpoint's own subnet, or straight to the link where there is none.</param>
public readonly record struct GivenRoute(Prefix Destination, Ip? Via)
{
    private const string By = " via ";

    /// <summary>Reads <c>10.0.0.0/8</c>, <c>default via 10.1.0.1</c> and the like.</summary>
    /// <param name="text">iproute2's words; <c>default</c> takes its family from the gateway, and is IPv4 without one.</param>
    public static bool TryParse(string text, out GivenRoute route)
    {
        route = default;
        var by = text.IndexOf(By, StringComparison.Ordinal);
        Ip? via = null;
        if (by >= 0)
        {
            if (!Ip.TryParse(text[(by + By.Length)..], out var gateway))
                return false;
            via = gateway;
        }

        var destination = by < 0 ? text : text[..by];
        if (destination == "default")
            destination = via?.Family == IpFamily.V6 ? "::/0" : "0.0.0.0/0";
        if (!Prefix.TryParseExact(destination, out var prefix))
            return false;
        route = new(prefix, via);
        return via is null || via.Value.Family == prefix.Family;
    }

    public override string ToString() => Via is { } via ? $"{Destination}{By}{via}" : Destination.ToString();
}

/// <summary>All routes that somebody wants for one endpoint, in the place of those that its network would give it.</summary>
public sealed record GivenRoutes(ImmutableArray<GivenRoute> All)
{
    public bool Equals(GivenRoutes? other) => other is not null && All.SequenceEqual(other.All);

    public override int GetHashCode() => All.Length;

    public override string ToString() => All.IsEmpty ? "none" : string.Join(", ", All);
}
