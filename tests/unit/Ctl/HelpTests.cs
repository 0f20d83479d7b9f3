extern alias ctl;
using ctl::IpvlanActors.Ctl;
using ctl::IpvlanActors.Ctl.Line;
using Xunit;

namespace IpvlanActors.Tests.Unit.Ctl;

public class HelpTests
{
    private static readonly Verb Root = CommandLine.Build(new Surroundings(TextWriter.Null, TextWriter.Null));

    public static TheoryData<string> Commands => [.. Tree(Root).Select(v => Usage.Path(v))];

    public static TheoryData<string> Examples => [.. Tree(Root).SelectMany(v => v.Examples).Where(e => !e.Contains('(', StringComparison.Ordinal)).Distinct()];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_has_a_description_and_an_example(string command)
    {
        var ran = await Tool.Run($"{command["ipvlanctl".Length..]} --help", "/nowhere");

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.StartsWith("Description:\n  ", ran.Out, StringComparison.Ordinal);
        Assert.Contains($"\n  {command} ", ran.Out, StringComparison.Ordinal);
        Assert.Matches(@"\nExamples:\n  .*ipvlanctl ", ran.Out);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_is_a_line_that_can_be_typed(string example)
    {
        var (words, errors) = Spelling.Out([.. Tool.Words(example).Skip(1)], Root);

        Assert.Empty(errors);
        Assert.Empty(Usage.Errors(Root.Parse(words)));
    }

    [Theory]
    [InlineData("ipvlanctl netw", "network\n")]
    [InlineData("ipvlanctl network create --gat", "--gateway\n")]
    [InlineData("ipvlanctl network create -d ", "ipvlan\nipvland\n")]
    [InlineData("ipvlanctl network ls --format ", "json\ntable\n")]
    [InlineData("ipvlanctl events --fo", "--follow\n--format\n")]
    [InlineData("ipvlanctl ev", "events\n")]
    public async Task A_line_can_be_completed(string line, string words) =>
        Assert.Equal(new Ran(0, words, ""), await Tool.Run(["complete", $"{line.Length}", line], null, around => around));

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    public async Task A_shell_gets_its_script(string shell) =>
        Assert.Contains("complete -o default -F _ipvlanctl ipvlanctl\n", (await Tool.Run($"completions {shell}")).Out, StringComparison.Ordinal);

    private static IEnumerable<Verb> Tree(Verb verb) => verb.Subcommands.Cast<Verb>().Where(v => !v.Hidden).SelectMany(Tree).Prepend(verb);
}
