using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Sockets;

namespace IpvlanActors.Netlink.Links;

/// <summary>Dummies and 802.1q sub-interfaces in the host's own namespace.</summary>
internal sealed class HostLinks(KernelLane lane)
{
    /// <summary>
    /// Indexes that we give are from here to 2^30 further on. The kernel counts its own up from 1, one per link ever
    /// made, and does not come here.
    /// </summary>
    private const int FirstIndex = 1 << 30;

    public KernelFault? Create(CreateDummy op)
    {
        var index = NewIndex();
        return Create(index, op.Name, op.Alias, KernelWords.Of(op),
            (ref writer, sequence) => LinkRequests.CreateDummy(ref writer, sequence, index, op.Name));
    }

    public KernelFault? Create(CreateVlan op)
    {
        var baseIndex = lane.IndexOf(op.Base);
        if (baseIndex == 0)
            return Errno.Fault(Errno.ENODEV, KernelWords.Of(op), $"there is no link {op.Base}");
        var index = NewIndex();
        return Create(index, op.Name, op.Alias, KernelWords.Of(op),
            (ref writer, sequence) => LinkRequests.CreateVlan(ref writer, sequence, index, baseIndex, (op.Name, op.Id)));
    }

    /// <summary>
    /// Both requests go in one system call, as for the others; the second finds the link by its name, which tells as well as
    /// the alias whose it is. An index of our choice would be seen in the container.
    /// </summary>
    public KernelFault? Create(CreateLoose op)
    {
        var (slave, words) = (op.Slave, KernelWords.Of(op));
        var parent = lane.IndexOf(slave.Parent);
        if (parent == 0)
            return Errno.Fault(Errno.ENODEV, words, $"there is no link {slave.Parent}");
        var failures = lane.Host.Batch(
            (ref writer, sequence) => LinkRequests.CreateLoose(ref writer, sequence, parent, slave),
            (ref writer, sequence) => LinkRequests.Mark(ref writer, sequence, slave.Name, slave.Alias));
        if (failures[0] is { Errno: Errno.EEXIST } && failures[1] is null)
            return null; // it stood there already, and tells now whose it is
        return failures[0]?.ToFault(words) ?? failures[1]?.ToFault(words);
    }

    public KernelFault? SetUp(SetLinkUp op) =>
        lane.Host.Execute((ref writer, sequence) => LinkRequests.SetUp(ref writer, sequence, op.Name))?.ToFault(KernelWords.Of(op));

    /// <summary>Deletes links that carry the alias that they are said to carry; many at once cost little more than one.</summary>
    public void Delete(ReadOnlySpan<KernelOp> ops, Span<KernelFault?> results)
    {
        var removal = new LinkRemoval(lane.Host);
        for (var i = 0; i < ops.Length; i++)
        {
            var op = (DeleteLink)ops[i];
            var link = Tables.Find(lane.Host, op.Name)?.Link;
            results[i] = Check(link, op);
            if (results[i] is null)
                removal.Add(i, link!.Index, KernelWords.Of(op));
        }

        removal.Run(results);
    }

    private static KernelFault? Check(ObservedLink? link, DeleteLink op) => link switch
    {
        null => Errno.Fault(Errno.ENODEV, KernelWords.Of(op)),
        _ when link.Alias != op.Alias =>
            Errno.Fault(Errno.EEXIST, KernelWords.Of(op), $"it is not ours: its alias is '{link.Alias}', not '{op.Alias}'"),
        _ => null,
    };

    /// <summary>
    /// The kernel takes no alias with the creation. So both requests go in one system call, which a SIGKILL cannot part,
    /// and the second finds the link by an index of our choice: by its name it would mark, and set up, a link of
    /// somebody else's whenever the creation fails because that name is taken.
    /// </summary>
    private KernelFault? Create(int index, LinkName name, string alias, string words, Request create)
    {
        var failures = lane.Host.Batch(create, (ref writer, sequence) =>
            LinkRequests.Change(ref writer, sequence, index, new LinkChange(Alias: alias, Up: true)));
        if (failures is [null, null])
            return null;
        if (failures[0] is not { IsLost: false })
            lane.Host.Execute((ref writer, sequence) => LinkRequests.Delete(ref writer, sequence, index));
        return failures[0]?.ToFault(words) ?? failures[1]!.Value.ToFault($"ip link set {name} up");
    }

    private static int NewIndex() => FirstIndex + Random.Shared.Next(FirstIndex - 1);
}
