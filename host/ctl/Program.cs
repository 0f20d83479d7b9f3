using IpvlanActors.Ctl;
using IpvlanActors.Ctl.Line;

// The bare streams: Console.Out would read terminfo first, and nothing here moves a cursor.
using var output = new StreamWriter(Console.OpenStandardOutput());
using var error = new StreamWriter(Console.OpenStandardError()) { AutoFlush = true };
return await CommandLine.Invoke(args, new Surroundings(output, error));
