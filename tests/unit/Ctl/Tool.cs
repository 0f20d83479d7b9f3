extern alias ctl;
using ctl::IpvlanActors.Ctl;
using ctl::IpvlanActors.Ctl.Line;

namespace IpvlanActors.Tests.Unit.Ctl;

/// <summary>ipvlanctl run in this process.</summary>
internal static class Tool
{
    public static Task<Ran> Run(FakeNode node, string line) => Run(line, socket: node.Socket);

    /// <param name="line">As typed behind `ipvlanctl`; words are parted by blanks, and a backslash at a line's end goes.</param>
    /// <param name="socket">IPVLAND_SOCKET.</param>
    public static Task<Ran> Run(string line, string? socket = null) => Run(Words(line), socket, around => around);

    public static async Task<Ran> Run(string[] words, string? socket, Func<Surroundings, Surroundings> change)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var around = new Surroundings(output, error)
        {
            Variable = name => name == "IPVLAND_SOCKET" ? socket : null,
            Exec = (_, _) => throw new InvalidOperationException("Not in this test."),
        };
        var code = await CommandLine.Invoke(words, change(around));
        return new Ran(code, output.ToString(), error.ToString());
    }

    public static string[] Words(string line) =>
        line.Replace("\\", "", StringComparison.Ordinal).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
}

internal sealed record Ran(int Code, string Out, string Error);
