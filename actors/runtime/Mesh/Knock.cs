using System.Net.Sockets;
using Akka.Actor;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>Whether somebody is there.</summary>
internal static class Knock
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <returns>The first of the seeds that takes a connection, which says nothing of who it is; null: none does.</returns>
    public static async Task<Address?> At(IEnumerable<Address> seeds)
    {
        var answers = await Task.WhenAll(seeds.Select(async seed => await Opens(seed) ? seed : null));
        return answers.FirstOrDefault(seed => seed is not null);
    }

    private static async Task<bool> Opens(Address seed)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(seed.Host!, seed.Port ?? 0, limit.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
