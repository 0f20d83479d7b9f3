using System.Globalization;
using System.Runtime.Versioning;
using IpvlanActors.Tests.Bench;

[assembly: SupportedOSPlatform("linux")]

return args switch
{
    ["cni", .. var rest] => await CniBench.Run(rest),
    ["journal", .. var rest] => await JournalBench.Run(rest is [var directory, ..] ? directory : Path.GetTempPath()),
    ["kernel", .. var rest] => KernelBench.Run(rest),
    ["node", .. var rest] => await NodeBench.Run(rest),
    ["routes", .. var rest] => await RouteBench.Run(rest),
    ["scale"] => await ScaleBench.Run(),
    ["story", var folder, var host, .. var networks] => await Story(folder, host, networks),
    _ => Usage(),
};

static async Task<int> Story(string folder, string host, string[] networks)
{
    var written = await StoryJournal.Own(folder, host, networks.Chunk(3).Select(n => (n[0], n[1], int.Parse(n[2], CultureInfo.InvariantCulture))));
    Console.Out.WriteLine($"{written} events in {folder}");
    return 0;
}

static int Usage()
{
    Console.Out.WriteLine("""
        usage: dotnet IpvlanActors.Tests.Bench.dll cni [runs] [leases]              as root; beside the reference plugins (apt: containernetworking-plugins)
               dotnet IpvlanActors.Tests.Bench.dll journal [directory on the disk to measure]
               dotnet IpvlanActors.Tests.Bench.dll kernel [routes] [rounds]     as root, in a namespace of its own
               dotnet IpvlanActors.Tests.Bench.dll node [ipvland] [joins] [runs]  as root, in namespaces of its own
               dotnet IpvlanActors.Tests.Bench.dll routes [routes]              three hosts on loopback, no kernel
               dotnet IpvlanActors.Tests.Bench.dll scale                        hundreds of hosts, simulated
               dotnet IpvlanActors.Tests.Bench.dll story FOLDER HOST [NETWORK SUBNET BLOCKS]...  a journal for a host that owns these
        """);
    return 2;
}
