using System.Collections.Immutable;
using System.Globalization;

namespace IpvlanActors.Tests.Lab.Cluster;

/// <summary>What may be done to a cluster. Work first, then what goes wrong in this world.</summary>
public enum Act
{
    /// <summary>A network; the number chooses its kind.</summary>
    Create,
    RemoveNetwork,

    /// <summary>A container in the network that the number chooses.</summary>
    Join,

    /// <summary>The same at an address that the number chooses, which may lie in another host's block.</summary>
    JoinAt,
    Remove,

    /// <summary>A container's namespace goes without a word.</summary>
    Die,

    /// <summary>Something that must be refused.</summary>
    Bogus,

    /// <summary>kill -9, and start at once, while a container pings; an odd number: a graceful stop.</summary>
    Restart,
    Kill,
    Stop,
    Start,

    /// <summary>The machine loses its power: nothing is left in its kernel.</summary>
    PowerOff,
    Boot,

    /// <summary>Power off for all; they boot in the order that the number chooses.</summary>
    Blackout,

    /// <summary>Between two hosts nothing passes.</summary>
    Part,

    /// <summary>Between a host and all others nothing passes.</summary>
    Isolate,

    /// <summary>The second host does not hear the first.</summary>
    PartOneWay,

    /// <summary>The daemons of two hosts do not hear each other, and their containers do.</summary>
    PartAgents,

    /// <summary>Ends every partition.</summary>
    Mend,
    Flap,

    /// <summary>The host gets other underlay addresses.</summary>
    Renumber,

    /// <summary>Somebody deletes routes and links of ours by hand.</summary>
    Meddle,
    LoseParent,
    ParentBack,
    FillDisk,
    FreeDisk,

    /// <summary>A copy of the data directory is put aside, as a backup of the machine would.</summary>
    CopyDisk,

    /// <summary>The machine comes back with the copy as its disk.</summary>
    RestoreDisk,

    /// <summary>The second machine comes back with a copy of the first one's disk, which goes on.</summary>
    Clone,

    /// <summary>It comes back with its own.</summary>
    Unclone,

    /// <summary>The first host is told that the second, which is without power, is dead.</summary>
    Forget,

    /// <summary>The host's clock goes wrong by whole days, which the number chooses, backwards too.</summary>
    ClockJump,

    /// <summary>The host is started with a configuration that does not fit the others'.</summary>
    Misfit,

    /// <summary>It is started with its own again.</summary>
    Fit,

    /// <summary>The first host throws bytes at the port where the second one's daemon hears the others.</summary>
    Noise,
}

/// <param name="Host">Counted from 0.</param>
/// <param name="Other">The second host, of steps that need one; -1 for others.</param>
/// <param name="Number">What else there is to choose, taken modulo what there is to choose from.</param>
public sealed record Step(Act Act, int Host, int Other = -1, int Number = 0)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Act} h{Host + 1}{(Other < 0 ? "" : $" h{Other + 1}")}{(Number == 0 ? "" : $" {Number}")}");

    public static bool NeedsTwo(Act act) => act is Act.Part or Act.PartOneWay or Act.PartAgents or Act.Clone or Act.Forget or Act.Noise;

    /// <exception cref="FormatException">What is wrong with the words, and what is missing.</exception>
    public static Step Parse(string text, int cluster)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!Enum.TryParse<Act>(words[0], ignoreCase: true, out var act) || !char.IsLetter(words[0][0]))
            throw Bad($"'{words[0]}' is no step; there are {string.Join(", ", Enum.GetNames<Act>())}");
        var hosts = words.Skip(1).TakeWhile(w => w[0] == 'h').Select(HostIn).ToArray();
        var wanted = NeedsTwo(act) ? 2 : 1;
        if (hosts.Length != wanted)
            throw Bad($"{act} needs {(wanted == 2 ? "two hosts" : "one host")}, as in '{new Step(act, 0, wanted == 2 ? 1 : -1)}', and there {(hosts.Length == 1 ? "is" : "are")} {hosts.Length}");
        if (hosts.Distinct().Count() < wanted)
            throw Bad("its two hosts are one");
        return new(act, hosts[0], wanted == 2 ? hosts[1] : -1, NumberIn(words[(1 + wanted)..]));

        int HostIn(string word) =>
            int.TryParse(word[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= 1 && n <= cluster
                ? n - 1
                : throw Bad($"'{word}' is no host; there are h1 to h{cluster}");

        int NumberIn(string[] rest) => rest switch
        {
            [] => 0,
            [var word] when int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var n) => n,
            _ => throw Bad($"after the hosts comes one number at most, not '{string.Join(' ', rest)}'"),
        };

        FormatException Bad(string why) => new($"Step '{text}': {why}.");
    }
}

/// <summary>
/// A list of steps, in words that can be read back: <c>Create h1; Join h2 17; Part h1 h2</c>. A schedule that once found
/// something is kept by its words, since a seed means other steps as soon as the weights change.
/// </summary>
public sealed partial record Schedule(int Hosts, ImmutableArray<Step> Steps)
{
    public override string ToString() => string.Join("; ", Steps);

    public static Schedule Parse(int hosts, string text) =>
        new(hosts, [.. text.Split([';', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(s => Step.Parse(s, hosts))]);

    /// <summary>Every step there is, each at least once, on three hosts: what every run of the lab does.</summary>
    public static Schedule Everything { get; } = Parse(3, """
        Create h1; Create h2 2; Join h1; Join h2; Join h3 1; Bogus h1 1; Noise h2 h3
        PartOneWay h1 h2; JoinAt h2 9; Mend h1; PartAgents h1 h3; Join h3; Isolate h2; Join h2; Part h1 h2; Mend h1
        CopyDisk h1; Create h1 3; Join h1 2; Flap h2; Die h3; Meddle h1 3; Renumber h2 4
        LoseParent h3; ParentBack h3; FillDisk h3; Join h3; FreeDisk h3; RestoreDisk h1; Remove h2; RemoveNetwork h2 1
        ClockJump h1; ClockJump h3 5; Restart h3; Misfit h2; Fit h2; Kill h3; Start h3; Stop h2; Start h2
        PowerOff h2; Forget h1 h2; Join h3; Boot h2; Join h2; Clone h2 h3; Join h3; Unclone h3; Blackout h1 5; Join h3
        """);

    /// <summary>The same seed, hosts, length and weights give the same steps.</summary>
    public static Schedule Random(int seed, int hosts, int length, ImmutableDictionary<Act, int>? weights = null) =>
        new Dice(seed, hosts, weights ?? Usual).Throw(length);

    /// <summary>Work half of the time.</summary>
    public static ImmutableDictionary<Act, int> Usual { get; } = new Dictionary<Act, int>
    {
        [Act.Create] = 6,
        [Act.RemoveNetwork] = 3,
        [Act.Join] = 22,
        [Act.JoinAt] = 12,
        [Act.Remove] = 10,
        [Act.Die] = 3,
        [Act.Bogus] = 3,
        [Act.Restart] = 6,
        [Act.Kill] = 4,
        [Act.Stop] = 2,
        [Act.Start] = 12,
        [Act.PowerOff] = 3,
        [Act.Boot] = 12,
        [Act.Blackout] = 1,
        [Act.Part] = 4,
        [Act.Isolate] = 3,
        [Act.PartOneWay] = 4,
        [Act.PartAgents] = 3,
        [Act.Mend] = 14,
        [Act.Flap] = 3,
        [Act.Renumber] = 2,
        [Act.Meddle] = 4,
        [Act.LoseParent] = 2,
        [Act.ParentBack] = 10,
        [Act.FillDisk] = 2,
        [Act.FreeDisk] = 10,
        [Act.CopyDisk] = 3,
        [Act.RestoreDisk] = 4,
        [Act.Clone] = 2,
        [Act.Unclone] = 10,
        [Act.Forget] = 6,
        [Act.ClockJump] = 3,
        [Act.Misfit] = 2,
        [Act.Fit] = 10,
        [Act.Noise] = 3,
    }.ToImmutableDictionary();
}
