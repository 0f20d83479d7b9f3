using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Sockets;

namespace IpvlanActors.Netlink.Links;

/// <summary>
/// Deletes links of one namespace. Each deletion alone waits about 18 ms for RCU; those of one link group wait together.
/// So several are put into a group of their own first, and that group is deleted.
/// </summary>
internal sealed class LinkRemoval(NetlinkSocket socket)
{
    private readonly List<(int Slot, int Index, string Words)> _links = [];

    public void Add(int slot, int index, string words) => _links.Add((slot, index, words));

    /// <summary>Puts a failure into the slot of each link that was not deleted.</summary>
    public void Run(Span<KernelFault?> results)
    {
        if (_links.Count > 1 && DeleteTogether())
            return;
        foreach (var (slot, index, words) in _links)
            results[slot] = socket.Execute((ref writer, sequence) => LinkRequests.Delete(ref writer, sequence, index))?.ToFault(words);
    }

    /// <returns>False if any is left: then the slow way tells which, and why.</returns>
    private bool DeleteTogether()
    {
        // a random number, above what people type
        var group = (uint)Random.Shared.Next(1 << 24, int.MaxValue);
        var requests = new List<Request>(_links.Count + 1);
        foreach (var (_, index, _) in _links)
            requests.Add((ref writer, sequence) => LinkRequests.Change(ref writer, sequence, index, new LinkChange(Group: group)));
        requests.Add((ref writer, sequence) => LinkRequests.DeleteGroup(ref writer, sequence, group));
        return Array.TrueForAll(socket.Batch([.. requests]), f => f is null);
    }
}
