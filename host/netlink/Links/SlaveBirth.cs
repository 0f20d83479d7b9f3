using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Namespaces;
using IpvlanActors.Netlink.Sockets;

namespace IpvlanActors.Netlink.Links;

/// <summary>
/// Makes ipvlan slaves: all links of a batch in one system call in the host's namespace, each straight in its sandbox,
/// then the rest of each in one system call in that sandbox. One that cannot be finished is deleted. One whose parent is a
/// link of the sandbox is made there altogether.
/// </summary>
internal sealed class SlaveBirth(KernelLane lane)
{
    /// <summary>See <see cref="LinkRequests.CreateMacvlan"/>.</summary>
    public bool AsMacvlan { get; init; }

    /// <summary>Each holds two file descriptors open until it is done.</summary>
    private const int AtOnce = 64;

    public void Plug(ReadOnlySpan<KernelOp> ops, Span<KernelFault?> results)
    {
        while (ops.Length > 0)
        {
            var count = Math.Min(AtOnce, ops.Length);
            PlugSome(ops[..count], results[..count]);
            ops = ops[count..];
            results = results[count..];
        }
    }

    private void PlugSome(ReadOnlySpan<KernelOp> ops, Span<KernelFault?> results)
    {
        var births = new List<Birth>(ops.Length);
        try
        {
            for (var i = 0; i < ops.Length; i++)
                results[i] = Prepare(i, ((PlugSlave)ops[i]).Slave, births);
            FinishAll(lane.Host, [.. births.Where(b => !b.Slave.IsParentInSandbox)], results);
            foreach (var birth in births.Where(b => b.Slave.IsParentInSandbox))
                FinishAll(birth.Socket, [birth], results);
        }
        finally
        {
            births.ForEach(b => b.Dispose());
        }
    }

    /// <param name="at">A socket in the namespace of their parents.</param>
    private void FinishAll(NetlinkSocket at, Birth[] births, Span<KernelFault?> results)
    {
        var failures = new NetlinkFailure?[births.Length];
        at.Batch(births, AsMacvlan ? CreateMacvlan : Create, failures);
        for (var i = 0; i < births.Length; i++)
        {
            results[births[i].Slot] = Finish(births[i], failures[i]);
            births[i].Dispose();
        }
    }

    /// <summary>All that can be refused without having changed anything, and the sandbox's socket: with it in hand, what is made can be unmade.</summary>
    private KernelFault? Prepare(int slot, Slave slave, List<Birth> births)
    {
        var words = KernelWords.AddSlave(slave);
        NetworkNamespace? sandbox = null;
        NetlinkSocket? socket = null;
        KernelFault fault;
        try
        {
            sandbox = NetworkNamespace.Open(slave.Sandbox, words);
            socket = lane.OpenIn(sandbox);
            var parent = slave.IsParentInSandbox ? Tables.Find(socket, slave.Parent)?.Link.Index ?? 0 : lane.IndexOf(slave.Parent);
            if (parent != 0)
            {
                births.Add(new(slot, slave, parent, sandbox, socket));
                return null;
            }

            fault = Errno.Fault(Errno.ENODEV, words, KernelWords.NoParent(slave));
        }
        catch (NetlinkException e)
        {
            fault = e.Fault;
        }

        socket?.Dispose();
        sandbox?.Dispose();
        return fault;
    }

    private static void Create(ref Wire.NetlinkWriter writer, uint sequence, in Birth birth) =>
        LinkRequests.CreateSlave(ref writer, sequence, birth.ParentIndex, birth.Sandbox.Fd, birth.Slave);

    private static void CreateMacvlan(ref Wire.NetlinkWriter writer, uint sequence, in Birth birth) =>
        LinkRequests.CreateMacvlan(ref writer, sequence, birth.ParentIndex, birth.Sandbox.Fd, birth.Slave);

    private KernelFault? Finish(Birth birth, NetlinkFailure? notMade)
    {
        var slave = birth.Slave;
        if (notMade is { Errno: Errno.EEXIST })
        {
            return Errno.Fault(Errno.EEXIST, KernelWords.AddSlave(slave),
                $"the host or {slave.Sandbox.Path} has a link {slave.TemporaryName} already");
        }

        var fault = notMade?.ToFault(KernelWords.AddSlave(slave));
        if (notMade is { IsLost: false })
            return fault;
        fault ??= Complete(birth);
        if (fault is not null)
            Undo(birth);
        return fault;
    }

    private KernelFault? Complete(Birth birth)
    {
        try
        {
            var slave = birth.Slave;
            birth.Index = Tables.Find(birth.Socket, slave.TemporaryName)?.Link.Index ?? 0;
            if (birth.Index == 0)
                return Errno.Fault(Errno.ENODEV, KernelWords.MarkSlave(slave), "it was deleted as soon as it was made");
            // by the temporary name: with the wanted one we might write to a link that is there already
            lane.Visit(birth.Sandbox, () => Sysctl.SetIpv6(slave.TemporaryName, slave.HasIpv6));
            var steps = new SlaveSteps(slave, birth.Index, birth.Socket);
            steps.Mark();
            steps.LoopbackUp();
            steps.Add(slave.Addresses);
            steps.Up();
            steps.Add(slave.Routes);
            return steps.Run();
        }
        catch (NetlinkException e)
        {
            return e.Fault;
        }
    }

    private static void Undo(Birth birth)
    {
        try
        {
            if (birth.Index == 0)
                birth.Index = Tables.Find(birth.Socket, birth.Slave.TemporaryName)?.Link.Index ?? 0;
            if (birth.Index != 0)
                birth.Socket.Execute((ref writer, sequence) => LinkRequests.Delete(ref writer, sequence, birth.Index));
        }
        catch (NetlinkException)
        {
            // the first fault is the one to tell; what is left tells by its name or alias whose it is
        }
    }

    private sealed class Birth(int slot, Slave slave, int parentIndex, NetworkNamespace sandbox, NetlinkSocket socket) : IDisposable
    {
        public int Slot { get; } = slot;

        public Slave Slave { get; } = slave;

        public int ParentIndex { get; } = parentIndex;

        public NetworkNamespace Sandbox { get; } = sandbox;

        public NetlinkSocket Socket { get; } = socket;

        public int Index { get; set; }

        public void Dispose()
        {
            Socket.Dispose();
            Sandbox.Dispose();
        }
    }
}
