using IpvlanActors.Tests.Bench;

return args switch
{
    ["journal", ..] => await JournalBench.Run(args.Length > 1 ? args[1] : Path.GetTempPath()),
    _ => Usage(),
};

static int Usage()
{
    Console.Out.WriteLine("usage: dotnet IpvlanActors.Tests.Bench.dll journal [directory on the disk to measure]");
    return 2;
}
