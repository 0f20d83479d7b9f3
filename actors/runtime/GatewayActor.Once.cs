using System.Collections.Immutable;
using System.Diagnostics;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Runtime;

/// <summary>What is asked for with a key, and perhaps again since the answer was lost, comes about once.</summary>
internal sealed partial class GatewayActor
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LookFor = TimeSpan.FromSeconds(10);

    private ImmutableHashSet<string> _underWay = [];

    private Task<object> CreateOnce(CreateNetworkCommand command, string text) => Once(text, Words(command.Request), async key =>
    {
        if (NetworkBy(key) is not { } known)
        {
            var reply = await Create(command with { Id = NetworkId.From(key.NewId()) });
            if (reply is not Refused { Reasons: [{ Code: RefusalCodes.NetworkExists }] })
                return reply;
            // perhaps its name was taken with the same key, and this host has only not heard of it yet
            await Sees(() => References.Network(command.Request.Name, node.Boards).Refusal is null);
            if (NetworkBy(key) is not { } taken)
                return reply;
            known = taken;
        }

        if (!key.MadeTheSame(known.Value))
            return Reused(text, $"network {known.Short}");
        return await Sees(() => node.View.Current.Networks.ContainsKey(known))
            ? new NetworkReply(known, command.Request.Name)
            : new Refused(node.Boards.Waiting.Current.GetValueOrDefault(known)
                ?? new(RefusalCodes.NotReady, $"network {known.Short} is there, but not attached on this host yet: ask again."));
    });

    private Task<object> JoinOnce(JoinEndpointCommand command, string text, ActivityContext trace) => Once(text, Words(command), async key =>
    {
        if (node.View.Current.Endpoints.Values.FirstOrDefault(e => key.Made(e.Endpoint.Value)) is not { } known)
            return await Join(command, EndpointId.From(key.NewId()), trace);
        return !key.MadeTheSame(known.Endpoint.Value) ? Reused(text, $"endpoint {known.Endpoint.Short}")
            : known.IsJoined ? await WithLink(new(known))
            : await Join(command with { Name = known.Name, MustBeNew = false }, known.Endpoint, trace);
    });

    private async Task<object> Once(string text, string asked, Func<RequestKey, Task<object>> act)
    {
        if (RequestKey.ProblemOf(text) is { } problem)
            return new Refused(problem);
        var key = RequestKey.Of(text, asked);
        if (!ImmutableInterlocked.Update(ref _underWay, (set, k) => set.Add(k), key.Key))
            return new Refused(new Refusal(RefusalCodes.NotReady, $"what was asked for with the key '{text}' is under way: ask again."));
        try
        {
            return await act(key);
        }
        finally
        {
            ImmutableInterlocked.Update(ref _underWay, (set, k) => set.Remove(k), key.Key);
        }
    }

    private NetworkId? NetworkBy(RequestKey key)
    {
        foreach (var id in node.View.Current.Networks.Keys.Concat(node.Boards.Catalogue.Current.Networks.Keys))
        {
            if (key.Made(id.Value))
                return id;
        }

        return null;
    }

    private static async Task<bool> Sees(Func<bool> what)
    {
        for (var waited = TimeSpan.Zero; !what(); waited += Look)
        {
            if (waited >= LookFor)
                return false;
            await Task.Delay(Look);
        }

        return true;
    }

    private static Refused Reused(string key, string what) => new(new Refusal(RefusalCodes.KeyReused,
        $"the idempotency key '{key}' has brought about {what}, which was asked for in other words: take a new key for a new request."));

    /// <summary>The first line is as the record once printed itself: endpoints that are there bear its hash in their ids.</summary>
    private static string Words(JoinEndpointCommand c) => string.Join(
        '\n',
        [
            $"JoinEndpointCommand {{ Network = {c.Network}, Netns = {c.Netns}, Name = {c.Name}, Ip = {c.Ip}, Ip6 = {c.Ip6}, Interface = {c.Interface}, Wish = , MustBeNew = {c.MustBeNew}, Routes = , Key =  }}",
            c.Wish is { } wish ? Words(wish.Like) : "", .. c.Routes ?? [], .. (c.Addresses ?? []).Select(a => $"address {a}"),
        ]);

    private static string Words(NetworkRequest r) => string.Join(
        '\n',
        [
            r.Name, .. r.Subnets.Prepend("subnets"), .. r.Gateways.Prepend("gateways"), .. r.Ranges.Prepend("ranges"),
            .. r.AuxAddresses.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"reserved {a.Key}={a.Value}"),
            $"internal {r.Internal}", $"ipv4 {r.Ipv4}", .. r.Options.Select(o => $"option {o.Key}={o.Value}"), .. r.Labels.Select(l => $"label {l.Key}={l.Value}"),
        ]);
}
