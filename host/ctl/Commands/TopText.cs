using IpvlanActors.Daemon.Http.Contract;
using Spectre.Console;
using Spectre.Console.Rendering;
using Printable = IpvlanActors.Ctl.Output.Table;

namespace IpvlanActors.Ctl.Commands;

/// <summary>A node on one screen.</summary>
internal static class TopText
{
    private const int HeadAndRates = 3;
    private const int TableFrame = 2;

    /// <summary>Lines, with colours if the terminal has any.</summary>
    /// <param name="height">What does not fit is counted.</param>
    public static string Draw(NodePicture picture, int width, int height, bool colours)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new()
        {
            Out = new AnsiConsoleOutput(text),
            Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = width;
        console.Write(new Rows(Parts(picture, height)));
        return text.ToString();
    }

    private static IEnumerable<IRenderable> Parts(NodePicture picture, int height)
    {
        var problems = picture.Node?.Problems ?? [];
        var left = height - HeadAndRates - Math.Min(problems.Count, 3) - picture.Last.Count - (3 * TableFrame);
        var (hosts, networks, routes) = (picture.Hosts.ToList(), picture.Networks.ToList(), picture.Routes.ToList());
        var share = Math.Max(2, left / 3);

        yield return new Markup(Head(picture));
        yield return new Markup(Rates(picture));
        foreach (var problem in problems.Take(3))
            yield return new Markup($"[red]{Safe(problem)}[/]") { Overflow = Overflow.Ellipsis };
        yield return Text.Empty;
        yield return Hosts(hosts, share);
        yield return Text.NewLine;
        yield return Networks(networks, picture.Blocks.CountBy(b => b.NetworkId).ToDictionary(), share);
        yield return Text.NewLine;
        yield return Routes(routes, share);
        yield return Text.NewLine;
        foreach (var e in picture.Last)
            yield return new Markup(FormattableString.Invariant($"[grey]{e.At.UtcDateTime:HH:mm:ss}[/] {Safe(e.Name)} {Safe(e.Text)}")) { Overflow = Overflow.Ellipsis };
    }

    private static string Head(NodePicture picture)
    {
        if (picture.Node is not { } node)
            return "no answer yet";
        var state = picture.IsStale ? "[yellow]not reached, this is what it last was[/]" : Coloured(node.State);
        return FormattableString.Invariant($"[bold]{Safe(node.Host)}[/]  {state}  start {node.Incarnation}  {node.Problems.Count} problems");
    }

    private static string Rates(NodePicture picture) => FormattableString.Invariant(
        $"{picture.Hosts.Count()} hosts  {picture.Networks.Count()} networks  {picture.Blocks.Count()} blocks  {picture.Endpoints.Count()} endpoints here  {picture.Routes.Count()} routes   ")
        + FormattableString.Invariant($"{picture.Rate():0.0} events/s  {picture.Rate("EndpointJoined"):0.0} joins/s  {picture.Rate("EndpointLeft"):0.0} leaves/s");

    private static Table Hosts(List<MemberDetail> hosts, int lines) => Filled(
        lines, hosts, h => [Safe(h.Host), Safe(h.Address), h.Reachable ? Coloured(h.Status) : "[red]unreachable[/]", $"{h.Blocks}", $"{h.Routes}"],
        "HOST", "ADDRESS", "STATUS", "BLOCKS", "ROUTES");

    private static Table Networks(List<NetworkSummary> networks, Dictionary<string, int> blocks, int lines) => Filled(
        lines, [.. networks.OrderBy(n => n.State == "ready")],
        n => [Safe(n.Name), Safe(n.Mode), Safe(n.Parent), Safe(string.Join(' ', n.Subnets)), $"{blocks.GetValueOrDefault(n.Id)}", $"{n.Endpoints}", Coloured(n.State)],
        "NETWORK", "MODE", "PARENT", "SUBNETS", "BLOCKS", "HERE", "STATE");

    /// <summary>By host and network: ten thousand prefixes are a number, and what is wrong comes first.</summary>
    private static Table Routes(List<RouteDetail> routes, int lines) => Filled(
        lines,
        [.. routes.GroupBy(r => (r.Host, r.Network, r.State, r.Kernel)).OrderBy(g => g.Key.State is "own" or "accepted").ThenBy(g => g.Key.Host, StringComparer.Ordinal)],
        g => [Safe(g.Key.Host), Safe(g.Key.Network), $"{g.Count()}", Coloured(g.Key.State), Coloured(g.Key.Kernel), Safe(g.First().Reason)],
        "ROUTES OF", "NETWORK", "PREFIXES", "STATE", "KERNEL", "REASON");

    private static Table Filled<T>(int lines, List<T> all, Func<T, string[]> cells, params string[] headers)
    {
        var table = new Table { Border = TableBorder.None, Expand = true };
        foreach (var header in headers)
            table.AddColumn(new TableColumn($"[bold]{header}[/]") { NoWrap = true });
        foreach (var row in all.Take(lines))
            table.AddRow(cells(row));
        if (all.Count > lines)
            table.AddRow($"[grey]and {all.Count - lines} more[/]");
        return table;
    }

    private static string Coloured(string word) => word switch
    {
        "ready" or "Up" or "own" or "accepted" or "installed" => $"[green]{word}[/]",
        "rejected" or "fenced" or "conflict" or "withdrawn" or "missing" => $"[red]{word}[/]",
        "-" => word,
        _ => $"[yellow]{Safe(word)}[/]",
    };

    /// <summary>Names and reasons come from other hosts too.</summary>
    private static string Safe(string text) => Markup.Escape(Printable.Printable(text));
}
