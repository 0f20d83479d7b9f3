using IpvlanActors.Ctl;
using IpvlanActors.Ctl.Line;

// The bare streams: Console.Out would read terminfo first, and nothing here moves a cursor.
using var error = new StreamWriter(Console.OpenStandardError()) { AutoFlush = true };
try
{
    var output = new StreamWriter(Console.OpenStandardOutput());
    var code = await CommandLine.Invoke(args, new Surroundings(output, error));
    await output.FlushAsync();
    return code;
}
catch (Exception full) when (full is IOException or UnauthorizedAccessException)
{
    // A full disk, or a closed stream. What the node was asked before that is done all the same.
    await error.WriteLineAsync("ipvlanctl: the output could not be written [output]");
    return ExitCode.Refused;
}
