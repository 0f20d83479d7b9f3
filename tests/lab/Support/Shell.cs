using System.Diagnostics;

namespace IpvlanActors.Tests.Lab.Support;

/// <summary>What a command answered.</summary>
public sealed record Said(string Command, int Code, string Out, string Err)
{
    /// <summary>This, if the command succeeded.</summary>
    public Said Must() => Code == 0 ? this : throw new LabException(ToString());

    public override string ToString() => $"'{Command}' ended with {Code}: {Err.Trim()}{(Out.Length == 0 ? "" : $"\n{Out.Trim()}")}";
}

/// <summary>The lab itself, or the thing under test, did not do what a test takes for granted.</summary>
public sealed class LabException : Exception
{
    public LabException(string message)
        : base(message)
    {
    }

    public LabException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

internal static class Shell
{
    /// <summary>Runs a program to its end. Each costs 30-200 ms in the lab kernel: ask for much at once.</summary>
    public static async Task<Said> Run(string program, IReadOnlyList<string> args, string? input = null, double seconds = 20)
    {
        var command = $"{Path.GetFileName(program)} {string.Join(' ', args)}";
        var start = new ProcessStartInfo(program, args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Machine.Patience(seconds));
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw new LabException($"'{command}' did not end within {Machine.Patience(seconds).TotalSeconds} s");
        }
        return new(command, process.ExitCode, await output, await errors);
    }
}
