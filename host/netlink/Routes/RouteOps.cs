using IpvlanActors.Domain.Kernel;
using IpvlanActors.Netlink.Sockets;
using IpvlanActors.Netlink.Wire;

namespace IpvlanActors.Netlink.Routes;

/// <summary>Adds and deletes routes of the host's main table, hundreds in one system call.</summary>
internal sealed class RouteOps(KernelLane lane)
{
    public void Run(ReadOnlySpan<KernelOp> ops, Span<KernelFault?> results)
    {
        var requests = new List<RouteRequest>(ops.Length);
        for (var i = 0; i < ops.Length; i++)
        {
            if (Prepare(i, ops[i], out var request))
                requests.Add(request);
            else
                results[i] = Errno.Fault(Errno.ENODEV, KernelWords.Of(ops[i]), $"there is no link {request.Route.Device}");
        }

        var failures = new NetlinkFailure?[requests.Count];
        lane.Host.Batch([.. requests], Encode, failures);
        for (var i = 0; i < failures.Length; i++)
        {
            if (failures[i] is { } failure)
                results[requests[i].Slot] = failure.ToFault(KernelWords.Of(ops[requests[i].Slot]));
        }
    }

    private bool Prepare(int slot, KernelOp op, out RouteRequest request)
    {
        if (op is DeleteRoute delete)
        {
            request = new(slot, delete.Route, 0, Deletes: true);
            return true;
        }

        var route = ((AddRoute)op).Route;
        var index = route.Device is { } device ? lane.IndexOf(device) : 0;
        request = new(slot, route, index, Deletes: false);
        return index != 0 || route.Device is null;
    }

    private static void Encode(ref NetlinkWriter writer, uint sequence, in RouteRequest request)
    {
        if (request.Deletes)
            RouteMessages.Delete(ref writer, sequence, request.Route);
        else
            RouteMessages.Add(ref writer, sequence, request.Route, request.LinkIndex);
    }

    private readonly record struct RouteRequest(int Slot, Route Route, int LinkIndex, bool Deletes);
}
