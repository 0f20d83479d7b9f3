using IpvlanActors.Cni;

// The bare streams: Console.Out would read terminfo first.
using var input = Console.OpenStandardInput();
using var output = Console.OpenStandardOutput();
return Plugin.Run(new Surroundings(input, output, Environment.GetEnvironmentVariable));
