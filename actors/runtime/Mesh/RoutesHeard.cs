using System.Collections.Immutable;
using Akka.Actor;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Feeds;
using IpvlanActors.Domain.Routes;
using IpvlanActors.Runtime.Mesh.Mapping;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>A peer told of routes, or took some back.</summary>
/// <param name="Whole">What it does not tell of now, it does not tell of any more.</param>
/// <param name="Unreadable">What is wrong with items that cannot be read, one by one.</param>
public sealed record RoutesHeard(
    HostId Host, bool Whole, ImmutableArray<RouteAd> Told, ImmutableArray<RouteKey> Withdrawn, ImmutableArray<string> Unreadable)
    : INoSerializationVerificationNeeded
{
    internal static RoutesHeard Read(HostId host, bool whole, ImmutableArray<FeedChange> changes)
    {
        var told = ImmutableArray.CreateBuilder<RouteAd>(changes.Length);
        var withdrawn = ImmutableArray.CreateBuilder<RouteKey>();
        var unreadable = ImmutableArray.CreateBuilder<string>();
        foreach (var change in changes)
        {
            if (!RouteItems.TryRead(change, out var key, out var ad, out var problem))
                unreadable.Add(problem);
            if (ad is { } put)
                told.Add(put);
            else if (key != default)
                withdrawn.Add(key);
        }

        return new(host, whole, told.DrainToImmutable(), withdrawn.DrainToImmutable(), unreadable.ToImmutable());
    }
}

/// <summary>A message of a feed that changed nothing, since it is not what its writer says.</summary>
public sealed record FeedRefused(FeedId Feed, FeedMark Mark, FeedOutcome Why, string From) : INoSerializationVerificationNeeded;
