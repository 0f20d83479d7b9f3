using System.Runtime.CompilerServices;
using IpvlanActors.Client.Messages;

namespace IpvlanActors.Client;

/// <summary>What can be asked of it.</summary>
public sealed partial class IpvlanClient
{
    /// <summary>Cluster-wide; done when it is journaled and its parent link stands on the host that was asked.</summary>
    public async Task<NetworkRef> CreateNetwork(CreateNetwork network, CancellationToken cancel = default) =>
        FromWire.Ref(Expected((await Once(ToWire.Of(network with { Key = KeyOf(network.Key) }), cancel)).Named));

    /// <summary>Refused while any host has an endpoint of it.</summary>
    /// <param name="network">A name, an id, or a beginning of an id that fits one network only.</param>
    public async Task<NetworkRef> RemoveNetwork(string network, CancellationToken cancel = default) =>
        FromWire.Ref(Expected((await Command(new() { RemoveNetwork = new() { Network = network } }, cancel)).Named));

    /// <summary>Done when the container has its link.</summary>
    public async Task<EndpointInfo> JoinEndpoint(JoinEndpoint endpoint, CancellationToken cancel = default) =>
        Endpoint(await Once(ToWire.Of(endpoint with { Key = KeyOf(endpoint.Key) }), cancel));

    /// <summary>The container loses its link, the endpoint keeps its addresses.</summary>
    public async Task<EndpointInfo> LeaveEndpoint(string endpoint, CancellationToken cancel = default) =>
        Endpoint(await Command(new() { LeaveEndpoint = new() { Endpoint = endpoint } }, cancel));

    /// <summary>The endpoint goes, and its addresses are free.</summary>
    /// <returns>As it last was.</returns>
    public async Task<EndpointInfo> RemoveEndpoint(string endpoint, CancellationToken cancel = default) =>
        Endpoint(await Command(new() { RemoveEndpoint = new() { Endpoint = endpoint } }, cancel));

    public async Task<NetworkDetail> Network(string network, CancellationToken cancel = default) =>
        FromWire.Detail(Expected((await Question(new() { Network = new() { Network = network } }, cancel)).Network));

    public async Task<EndpointInfo> Endpoint(string endpoint, CancellationToken cancel = default) =>
        Endpoint(await Question(new() { Endpoint = new() { Endpoint = endpoint } }, cancel));

    public Task<IReadOnlyList<NetworkInfo>> Networks(CancellationToken cancel = default) => List<NetworkInfo>(ItemKind.Network, "", cancel);

    /// <summary>Of one host.</summary>
    /// <param name="network">Only of this one; empty: of all.</param>
    public Task<IReadOnlyList<EndpointInfo>> Endpoints(string network = "", CancellationToken cancel = default) =>
        List<EndpointInfo>(ItemKind.Endpoint, network, cancel);

    /// <inheritdoc cref="Endpoints"/>
    public Task<IReadOnlyList<BlockInfo>> Blocks(string network = "", CancellationToken cancel = default) =>
        List<BlockInfo>(ItemKind.Block, network, cancel);

    /// <summary>That one host tells of or was told of, and what became of them.</summary>
    /// <inheritdoc cref="Endpoints"/>
    public Task<IReadOnlyList<RouteInfo>> Routes(string network = "", CancellationToken cancel = default) =>
        List<RouteInfo>(ItemKind.Route, network, cancel);

    /// <summary>As the host that answers sees it.</summary>
    public async Task<ClusterInfo> Cluster(CancellationToken cancel = default)
    {
        var view = Expected((await Question(new() { Cluster = new() }, cancel)).Cluster);
        return new()
        {
            Self = FromWire.Node(Expected(view.Self), ""),
            Registry = view.Registry,
            Hosts = await List<HostInfo>(ItemKind.Host, "", cancel),
        };
    }

    /// <summary>
    /// What is there, and then what changes, for as long as it is asked for; over restarts of hosts and of the service alike if it
    /// goes on from the <see cref="News.Next"/> that it took in last. Of one host (<see cref="On"/>): while that is down there is
    /// no news, and then all that was missed. Of whichever host answers: another one tells its whole state anew.
    /// </summary>
    /// <exception cref="ArgumentException">Events are asked for, and no host is named whose they are.</exception>
    /// <exception cref="IpvlanRefusedException">What is asked for is not there, or the marks are none.</exception>
    public IAsyncEnumerable<News> Follow(FollowFrom? from = null, CancellationToken cancel = default)
    {
        from ??= new();
        return from.Events is null || _host.Length > 0
            ? Follow(from, new Following(this), cancel)
            : throw new ArgumentException($"events are of one host's journal: say whose, as in client.{nameof(On)}(\"h1\").{nameof(Follow)}(...).", nameof(from));
    }

    private static async IAsyncEnumerable<News> Follow(FollowFrom from, Following following, [EnumeratorCancellation] CancellationToken cancel)
    {
        var more = false; // was said last, and has to be taken back, if by news of nothing
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            if (await following.Ask(from, cancel) is not { } news)
                continue;
            from = news.Next;
            if (news.Events.Count == 0 && news.State.Count == 0 && !news.StateReset && !news.EventsReset && (news.More || !more))
                continue;
            more = news.More;
            yield return news;
        }
    }

    private async Task<IReadOnlyList<T>> List<T>(ItemKind kind, string network, CancellationToken cancel)
        where T : ItemInfo
    {
        var all = new List<T>();
        var after = "";
        do
        {
            var page = Expected((await Question(new() { List = new() { Kind = (uint)kind, Network = network, After = after } }, cancel)).Page);
            all.AddRange(page.Items.Select(FromWire.Item).OfType<T>());
            after = page.Next;
        }
        while (after.Length > 0);
        return all;
    }

    private static string KeyOf(string given) => given.Length > 0 ? given : Guid.NewGuid().ToString("N");

    private EndpointInfo Endpoint(Wire.Reply reply)
    {
        var endpoint = Expected(reply.Endpoint);
        return FromWire.Endpoint(endpoint, endpoint.Id);
    }

    /// <summary>One after the other, and after a pause that grows if there was no answer.</summary>
    private sealed class Following(IpvlanClient client)
    {
        /// <summary>Short, since whoever waits for a host that is gone finds out only at the end of it.</summary>
        private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

        private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
        private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(4);
        private static readonly string[] ThenAgain = ["host-unreachable", "not-ready", "journal-failed", "registry-unreachable"];

        private TimeSpan _pause = FirstPause;
        private bool _waits;

        /// <returns>Null: there was no answer, for now.</returns>
        public async Task<News?> Ask(FollowFrom from, CancellationToken cancel)
        {
            var wait = _waits ? Wait : TimeSpan.Zero;
            try
            {
                var news = FromWire.News(client.Expected((await client.Try(ToWire.Of(from, wait), wait + ForQuestions, cancel)).News), from);
                (_pause, _waits) = (FirstPause, !news.More);
                return news;
            }
            catch (Exception e) when (e is Akka.Actor.AskTimeoutException || (e is IpvlanRefusedException refused && ThenAgain.Contains(refused.Code)))
            {
                _waits = false;
                await Rest(_pause, cancel);
                _pause = _pause * 2 < LastPause ? _pause * 2 : LastPause;
                return null;
            }
        }
    }
}
