using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace IpvlanActors.Ctl.Line;

/// <summary>The library's help, and then the examples of the command.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();

    public override bool ClearsParseErrors => true;

    /// <summary>Without the library's /h and /?, which are paths here.</summary>
    public static HelpOption Option() => new("--help", "-h") { Action = new HelpWithExamples() };

    public override int Invoke(ParseResult parseResult)
    {
        var code = _help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is Verb { Examples.Count: > 0 } verb)
            Write(parseResult.InvocationConfiguration.Output, verb.Examples);
        return code;
    }

    private static void Write(TextWriter output, IEnumerable<string> examples)
    {
        output.WriteLine("Examples:");
        foreach (var example in examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
    }
}
