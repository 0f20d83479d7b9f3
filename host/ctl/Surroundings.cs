using IpvlanActors.Ctl.Node;

namespace IpvlanActors.Ctl;

/// <summary>What a run touches besides the node's socket: two streams, the environment, and another program to become.</summary>
internal sealed record Surroundings(TextWriter Out, TextWriter Error)
{
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Becomes the program; comes back only if it could not, with minus errno.</summary>
    public Func<string, IReadOnlyList<string>, int> Exec { get; init; } = DaemonProgram.Exec;

    /// <summary>Where our binary lies, and the daemon's beside it.</summary>
    public string Home { get; init; } = AppContext.BaseDirectory;

    /// <summary>How long one request may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Columns and lines of the terminal that we write to; null: it is none.</summary>
    public Func<(int Width, int Height)?> Terminal { get; init; } = Node.Terminal.Size;

    /// <summary>Between two looks at how far something is.</summary>
    public TimeSpan Frame { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long to wait before a node that has gone away is looked for again.</summary>
    public TimeSpan ComeBack { get; init; } = TimeSpan.FromSeconds(1);
}
