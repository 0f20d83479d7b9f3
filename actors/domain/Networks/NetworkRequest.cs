using System.Collections.Immutable;

namespace IpvlanActors.Domain.Networks;

/// <summary>A network as a person typed it, through whichever door. Nothing in it has been judged.</summary>
public sealed record NetworkRequest
{
    public required string Name { get; init; }

    public ImmutableArray<string> Subnets { get; init; } = [];

    public ImmutableArray<string> Gateways { get; init; } = [];

    public ImmutableArray<string> Ranges { get; init; } = [];

    public ImmutableArray<KeyValuePair<string, string>> AuxAddresses { get; init; } = [];

    public bool Internal { get; init; }

    public bool Ipv4 { get; init; } = true;

    public ImmutableSortedDictionary<string, string> Options { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
