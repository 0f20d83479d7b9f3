using IpvlanActors.Client;
using IpvlanActors.Client.Security;

namespace IpvlanActors.Tests.Service;

/// <summary>
/// <c>service FOLDER NAME ADDRESS:PORT...</c>: shows the certificate NAME of the folder that <c>ipvland certs</c> made to hosts
/// of a cluster, does what lines of its input say, and tells what happens on every host.
/// <code>
/// create SUBNET        join HOST NETNS NAME        remove HOST NAME        contact
/// </code>
/// </summary>
internal static class Program
{
    private const string Network = "service_net";

    public static async Task Main(string[] args)
    {
        var (folder, name) = (args[0], args[1]);
        await using var client = IpvlanClient.Connect(new()
        {
            Contacts = args[2..],
            Credentials = MeshCredentials.Load($"{folder}/ca.pem", $"{folder}/{name}.pem", $"{folder}/{name}.key"),
            Timeout = TimeSpan.FromMinutes(2),
        });
        using var end = new CancellationTokenSource();
        var following = (await client.Cluster()).Hosts.Select(h => Follow(client.On(h.Name), h.Name, end.Token)).ToList();
        Say($"follows {following.Count} hosts");
        while (await Console.In.ReadLineAsync() is { } line)
            await Try(client, line.Split(' '));

        await end.CancelAsync();
        await Task.WhenAll(following).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task Try(IpvlanClient client, string[] words)
    {
        try
        {
            Say(await Do(client, words));
        }
        catch (Exception e) when (e is IpvlanRefusedException or TimeoutException)
        {
            Say($"failed: {e.Message}");
        }
    }

    private static async Task<string> Do(IpvlanClient client, string[] words)
    {
        switch (words)
        {
            case ["create", var subnet]:
                var options = new Dictionary<string, string> { ["parent"] = "eth0", ["ipvlan_mode"] = "l3" };
                return $"created {(await client.CreateNetwork(new(Network) { Subnets = [subnet], Options = options })).Name}";
            case ["join", var host, var netns, var name]:
                var joined = await client.On(host).JoinEndpoint(new(Network, netns) { Name = name });
                return $"joined {name} {joined.Addresses[0]}";
            case ["remove", var host, var name]:
                return $"removed {(await client.On(host).RemoveEndpoint(name)).Name}";
            case ["contact"]:
                return $"talks to {(await client.Cluster()).Self.Name}";
            default:
                return $"unknown: {string.Join(' ', words)}";
        }
    }

    private static async Task Follow(IpvlanClient host, string name, CancellationToken end)
    {
        var endpoints = new Dictionary<string, EndpointInfo>();
        await foreach (var news in host.Follow(new() { Events = FollowFrom.Beginning, Kinds = [ItemKind.Endpoint] }, end))
        {
            foreach (var happened in news.Events.Where(e => e.EndpointId.Length > 0))
                Say($"{name} event {happened.SequenceNr} {happened.Name} of {happened.EndpointId}");
            if (news.EventsReset)
                Say($"{name} has another journal");
            if (news.StateReset)
                endpoints.Clear();
            foreach (var change in news.State)
            {
                if (change.Value is EndpointInfo endpoint)
                    endpoints[change.Key] = endpoint;
                else
                    endpoints.Remove(change.Key);
            }

            if ((news.StateReset || news.State.Count > 0) && !news.More)
                Say($"{name} has {(endpoints.Count == 0 ? "nothing" : string.Join(", ", endpoints.Values.Select(e => $"{e.Name} {e.State}").Order(StringComparer.Ordinal)))}");
        }
    }

    /// <summary>Whole lines, from several tasks.</summary>
    private static void Say(string line)
    {
        lock (Console.Out)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}
