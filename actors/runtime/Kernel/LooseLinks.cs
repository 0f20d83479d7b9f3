using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Runtime.Kernel;

/// <summary>Links that a container runtime handles: made in the host's namespace, and deleted wherever they stand by then.</summary>
internal static class LooseLinks
{
    public static async Task<OpsApplied> Make(KernelLanes lanes, LendEndpoint lend)
    {
        if (!lend.Fresh && (await InHost(lanes, lend.Slave.Alias) is not null || await IsTaken(lanes, lend)))
            return new([], []);
        return await lanes.Apply([new CreateLoose(lend.Slave)]);
    }

    /// <summary>By its name first, which is one look less; then by its alias, since a runtime that died may have left it under another.</summary>
    public static async Task<OpsApplied> Delete(KernelLanes lanes, UnplugEndpoint unplug)
    {
        var alias = Ownership.SlaveAlias(unplug.Network, unplug.Endpoint);
        var deleted = await lanes.Unplug([new DeleteLink(Ownership.TemporaryName(unplug.Endpoint), alias)]);
        if (deleted.Faults is [null])
            return deleted;
        if (await InHost(lanes, alias) is { } name)
            return await lanes.Unplug([new DeleteLink(name, alias)]);
        return (await lanes.Identify(unplug.Sandbox.Path)).Sandbox is { } sandbox
            ? await lanes.Unplug([new UnplugSlave(unplug.Network, unplug.Endpoint, sandbox)])
            : new([], []);
    }

    private static async Task<LinkName?> InHost(KernelLanes lanes, string alias) =>
        (await lanes.Observe([])).Links.FirstOrDefault(l => l.Alias == alias)?.Name;

    private static async Task<bool> IsTaken(KernelLanes lanes, LendEndpoint lend) =>
        (await lanes.Identify(lend.Sandbox.Path)).Sandbox is { } sandbox
        && (await lanes.Look(sandbox)).Slaves.Any(s => s.Link.Alias == lend.Slave.Alias);
}
