using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Tests.Lab.Cluster.Checking;

/// <summary>The blocks that a host gave addresses out of at some time, by its own journal.</summary>
internal static class HeldBlocks
{
    public static IEnumerable<Prefix> Of(HostStory host, DateTimeOffset at)
    {
        var view = host.Journal.TakeWhile(e => e.At <= at).Aggregate(HostView.Empty, (v, e) => v.Apply(e.PersistenceId, e.Event));
        return view.Networks.Values.SelectMany(n => n.Blocks.Keys);
    }
}
