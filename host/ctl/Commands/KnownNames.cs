using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using IpvlanActors.Ctl.Line;
using IpvlanActors.Ctl.Node;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Ctl.Commands;

/// <summary>
/// The node's names of networks, endpoints and hosts, for completion. What is completed is known only when the line has been
/// parsed, and asking takes a while; so each place where a name may stand offers a mark, and the marks that are left become names.
/// </summary>
internal static class KnownNames
{
    private const char Mark = '\u0001';

    /// <summary>Whoever pressed the key waits, and a node that is down or busy offers nothing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>By what the help calls such a word.</summary>
    private static readonly Dictionary<string, Func<Session, Task<IEnumerable<string>>>> Kinds = new(StringComparer.Ordinal)
    {
        ["NETWORK"] = s => Read(s, "v1/networks", c => c.IReadOnlyListNetworkSummary, all => all.Select(n => n.Name)),
        ["ENDPOINT"] = s => Read(s, "v1/endpoints", c => c.IReadOnlyListEndpointSummary, all => all.Select(e => e.Name)),
        ["PERSISTENCE-ID"] = s => Read(s, "v1/journal", c => c.IReadOnlyListJournalSummary, all => all.Select(j => j.PersistenceId)),
        ["HOST"] = s => Read(s, "v1/cluster", c => c.ClusterStatus, cluster => cluster.Members.Select(m => m.Host)),
    };

    /// <summary>At every place in the tree where a name may stand.</summary>
    public static void Offer(Command command)
    {
        foreach (var argument in command.Arguments.Where(a => Kinds.ContainsKey(a.Name)))
            argument.CompletionSources.Add(context => [new($"{Mark}{argument.Name}{Mark}{context.WordToComplete}")]);
        foreach (var option in command.Options.Where(o => Kinds.ContainsKey(o.HelpName ?? "")))
            option.CompletionSources.Add(context => [new($"{Mark}{option.HelpName}{Mark}{context.WordToComplete}")]);
        foreach (var below in command.Subcommands)
            Offer(below);
    }

    /// <returns>The words, names in the place of marks.</returns>
    public static async Task<IReadOnlyList<string>> Named(IEnumerable<string> words, ParseResult parsed, Globals globals)
    {
        using var late = new CancellationTokenSource(Patience);
        var named = new List<string>();
        foreach (var word in words)
        {
            if (word.Split(Mark) is ["", var kind, var begun])
                named.AddRange((await Names(kind, parsed, globals, late.Token)).Where(n => n.StartsWith(begun, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal));
            else
                named.Add(word);
        }

        return named;
    }

    /// <summary>A name that a shell could take for anything but a word is not offered to one.</summary>
    private static async Task<IEnumerable<string>> Names(string kind, ParseResult parsed, Globals globals, CancellationToken late)
    {
        try
        {
            using var session = new Session(parsed, globals, late);
            return (await Kinds[kind](session)).Where(n => n.Length > 0 && n.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'));
        }
        catch (Exception e) when (e is OperationCanceledException or JsonException or InvalidOperationException)
        {
            return []; // late, of another version, or the line names no socket yet
        }
    }

    private static async Task<IEnumerable<string>> Read<T>(
        Session session, string path, Func<ContractJson, JsonTypeInfo<T>> type, Func<T, IEnumerable<string>> names) =>
        await session.Send(HttpMethod.Get, path) is Answered(var body) ? names(Session.Read(body, type)) : [];
}
