namespace IpvlanActors.Ctl;

/// <summary>What scripts may rely on. A run ended by Ctrl-C shows 130, as the shell counts a death by SIGINT.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The node said no, or the doctor found an error.</summary>
    public const int Refused = 1;

    /// <summary>The command line itself is wrong; nothing was sent.</summary>
    public const int Usage = 2;

    public const int Unreachable = 3;
}
