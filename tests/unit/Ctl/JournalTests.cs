extern alias ctl;
using System.Diagnostics;
using System.Runtime.Versioning;
using ctl::IpvlanActors.Ctl.Node;
using Xunit;

namespace IpvlanActors.Tests.Unit.Ctl;

/// <summary>`journal` and `uninstall` are the daemon binary's, and `doctor` where no node answers; ipvlanctl finds it and becomes it.</summary>
public sealed class JournalTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("ctl-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [InlineData("journal ls", "journal ls")]
    [InlineData("--format json --socket /s journal show pool-1 --from=3", "journal show --format json pool-1 --from 3")]
    [InlineData("journal --data /d replay pool-1 --to 9", "journal replay --data /d pool-1 --to 9")]
    [InlineData("journal verify --data=/d --socket=/s", "journal verify --data /d")]
    [InlineData("uninstall --dry-run --data /d --socket /s", "uninstall --dry-run true --data /d")]
    [InlineData("doctor --format json --data /d", "doctor --format json --data /d")]
    [InlineData("journal backup /tmp/copy --some-day x", "journal backup /tmp/copy --some-day x")]
    public async Task The_words_are_handed_on_without_the_socket(string line, string handedOn)
    {
        await File.WriteAllTextAsync(Path.Combine(_home, "ipvland"), "");
        (string Program, string Words) became = default;

        var ran = await Tool.Run(Tool.Words(line), "/nowhere", around => around with
        {
            Home = _home,
            Exec = (program, words) =>
            {
                became = (program, string.Join(' ', words));
                return 0;
            },
        });

        Assert.Equal(new Ran(0, "", ""), ran);
        Assert.Equal((Path.Combine(_home, "ipvland"), handedOn), became);
    }

    [Fact]
    public async Task Without_the_daemon_s_binary_it_says_where_it_looked()
    {
        var ran = await Tool.Run(["journal", "ls"], null, around => around with { Home = _home });

        Assert.Equal((1, ""), (ran.Code, ran.Out));
        Assert.StartsWith($"ipvlanctl: ipvland is neither in {_home} nor in PATH", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_node_and_binary_the_doctor_says_that_no_node_answers() =>
        Assert.Equal(3, (await Tool.Run(["doctor"], "/nowhere", around => around with { Home = _home })).Code);

    [Fact]
    public async Task A_binary_that_cannot_run_is_told()
    {
        await File.WriteAllTextAsync(Path.Combine(_home, "ipvland"), "not executable");

        var ran = await Tool.Run(["journal", "ls"], null, around => around with { Home = _home, Exec = DaemonProgram.Exec });

        Assert.Equal(new Ran(1, "", $"ipvlanctl: {_home}/ipvland: Permission denied [no-ipvland]\n"), ran);
    }

    [Fact]
    public void Beside_us_comes_before_the_path()
    {
        var other = Directory.CreateDirectory(Path.Combine(_home, "other")).FullName;
        File.WriteAllText(Path.Combine(other, "ipvland"), "");

        Assert.Equal($"{other}/ipvland", DaemonProgram.Find(_home, $"/nowhere::{other}"));
        File.WriteAllText(Path.Combine(_home, "ipvland"), "");
        Assert.Equal($"{_home}/ipvland", DaemonProgram.Find(_home, other));
        Assert.Null(DaemonProgram.Find("/nowhere", null));
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Streams_and_exit_code_are_the_daemon_s()
    {
        foreach (var file in (string[])["ipvlanctl", "ipvlanctl.dll", "ipvlanctl.deps.json", "ipvlanctl.runtimeconfig.json", "System.CommandLine.dll"])
            File.Copy(Path.Combine(AppContext.BaseDirectory, file), Path.Combine(_home, file));
        var daemon = Path.Combine(_home, "ipvland");
        await File.WriteAllTextAsync(daemon, "#!/bin/sh\necho \"$@\"; cat; exit 7\n");
        File.SetUnixFileMode(daemon, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        using var run = Process.Start(new ProcessStartInfo(Path.Combine(_home, "ipvlanctl"), "journal show pool-1")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await run.StandardInput.WriteAsync("typed");
        run.StandardInput.Close();
        var output = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();

        Assert.Equal((7, "journal show pool-1\ntyped"), (run.ExitCode, output));
    }
}
