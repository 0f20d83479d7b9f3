using System.CommandLine;

namespace IpvlanActors.Ctl.Line;

/// <summary>The options every command takes, before or after its name, and the surroundings it runs in.</summary>
internal sealed class Globals(Surroundings around)
{
    public const string DefaultSocket = "/run/ipvland/api.sock";
    public const string SocketVariable = "IPVLAND_SOCKET";

    public Surroundings Around { get; } = around;

    public Option<string?> Socket { get; } = Recursive(Flags.One(
        "--socket", "PATH", $"The node's API socket (else ${SocketVariable}, else {DefaultSocket})"));

    public Option<string?> Format { get; } = Recursive(Flags.Among(
        "--format", "Output format: table or json (inspect: json; elsewhere: table)", "table", "json"));

    private static Option<string?> Recursive(Option<string?> option)
    {
        option.Recursive = true;
        return option;
    }
}
