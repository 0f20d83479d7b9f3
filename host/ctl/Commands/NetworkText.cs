using IpvlanActors.Ctl.Output;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Ctl.Commands;

/// <summary>Networks in columns.</summary>
internal static class NetworkText
{
    public static void List(IReadOnlyList<NetworkSummary> networks, TextWriter output)
    {
        var table = new Table("NETWORK ID", "NAME", "MODE", "PARENT", "SUBNETS", "ENDPOINTS", "STATE");
        foreach (var n in networks)
            table.Add(Table.Short(n.Id), n.Name, n.Mode, n.Parent, string.Join(',', n.Subnets), $"{n.Endpoints}", n.State);
        table.Write(output);
    }

    public static void Detail(NetworkDetail network, TextWriter output)
    {
        Fields(network).Write(output);
        Blocks(network.Blocks, output);
        if (network.Endpoints.Count == 0)
            return;
        output.WriteLine();
        EndpointText.List(network.Endpoints, output);
    }

    private static Fields Fields(NetworkDetail n) => new Fields()
        .Add("Name", n.Name)
        .Add("ID", n.Id)
        .Add("Created", n.Created)
        .Add("State", n.Reason.Length == 0 ? n.State : $"{n.State}: {n.Reason}")
        .Add("Mode", n.Flag.Length == 0 ? n.Mode : $"{n.Mode} {n.Flag}")
        .Add("Parent", $"{n.Parent.Link} ({n.Parent.Kind}{(n.Parent.Created ? ", made by ipvland" : "")})")
        .Add("Internal", n.Internal ? "yes" : "no")
        .Add("MTU", n.Mtu is { } mtu ? $"{mtu}" : null)
        .Add("Subnets", n.Subnets.Select(Subnet))
        .Add("Reserved", n.Subnets.SelectMany(s => s.AuxAddresses).Select(a => $"{a.Key}={a.Value}"))
        .Add("Options", n.Options)
        .Add("Labels", n.Labels);

    private static string Subnet(SubnetDetail s) => string.Concat(
        s.Subnet,
        s.Gateway is null ? "" : $" gateway {s.Gateway}",
        s.IpRange is null ? "" : $" range {s.IpRange}",
        s.Default ? " (default pool)" : "");

    private static void Blocks(IReadOnlyList<BlockDetail> blocks, TextWriter output)
    {
        if (blocks.Count == 0)
            return;
        var table = new Table("BLOCK", "HOST", "EPOCH", "USED");
        foreach (var b in blocks)
            table.Add(b.Block, b.Host, $"{b.Epoch}", b.Used is { } used ? $"{used}" : "-");
        output.WriteLine();
        table.Write(output);
    }
}
