using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: SupportedOSPlatform("linux")]

namespace IpvlanActors.Tests;

/// <summary>
/// Runs the xunit tests of this very program in one process: <c>dotnet X.dll [part of a test's name]...</c>. The lab
/// kernel is slow, and the usual test hosts take three times as long to start there. Prints each failure, each skip with
/// its reason, and last <c>N passed, N failed, N skipped</c>; exit code 0 only if something passed and nothing failed.
/// With <c>--shared DIR</c> first, several programs (one lab kernel each) divide the test classes among them: whoever comes
/// first to a class takes it.
/// </summary>
internal static class Runner
{
    public static int Main(string[] args)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var framework = new XunitTestFramework(new Results());
        using var found = new Discovered();
        using var discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
        discoverer.Find(includeSourceInformation: false, found, new Options());
        found.Done.WaitOne();

        var (shared, names) = args is ["--shared", var folder, .. var rest] ? (folder, rest) : (null, args);
        var wanted = found.Cases.Where(c => names.Length == 0 ? !OnlyByName(c) : names.Any(a => c.DisplayName.Contains(a, StringComparison.OrdinalIgnoreCase)));
        using var results = new Results();
        using var executor = framework.GetExecutor(assembly.GetName());
        foreach (var part in shared is null ? [wanted] : Share(wanted, shared))
        {
            executor.RunTests(part, results, new Options());
            results.Done.WaitOne();
            results.Done.Reset();
        }

        Console.Out.WriteLine($"{results.Passed} passed, {results.Failed} failed, {results.Skipped} skipped");
        return results.Failed > 0 || (results.Passed == 0 && shared is null) ? 1 : 0;
    }

    /// <summary>What takes long, <c>[Trait("run", "by name")]</c>, runs only for whoever asks for it.</summary>
    private static bool OnlyByName(ITestCase test) => test.Traits.TryGetValue("run", out var how) && how.Contains("by name");

    /// <summary>Class by class, the largest first, those that nobody else has taken.</summary>
    private static IEnumerable<IEnumerable<ITestCase>> Share(IEnumerable<ITestCase> cases, string folder) =>
        cases.GroupBy(c => c.TestMethod.TestClass.Class.Name).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Where(g => MakeDirectory(Path.Combine(folder, g.Key), 0x1C0) == 0);

    /// <summary>mkdir(2), which succeeds once for whoever asks, from whichever kernel on the same files.</summary>
    [DllImport("libc", EntryPoint = "mkdir", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeDirectory(string path, uint mode);

    private sealed class Options : LongLivedMarshalByRefObject, ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> _values = [];

        public TValue GetValue<TValue>(string name) => _values.TryGetValue(name, out var value) ? (TValue)value! : default!;

        public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
    }

    private sealed class Discovered : LongLivedMarshalByRefObject, IMessageSink, IDisposable
    {
        public List<ITestCase> Cases { get; } = [];

        public ManualResetEvent Done { get; } = new(false);

        public bool OnMessage(IMessageSinkMessage message)
        {
            if (message is ITestCaseDiscoveryMessage found)
                Cases.Add(found.TestCase);
            if (message is IDiscoveryCompleteMessage)
                Done.Set();
            return true;
        }

        public void Dispose() => Done.Dispose();
    }

    private sealed class Results : LongLivedMarshalByRefObject, IMessageSink, IDisposable
    {
        private readonly Lock _lock = new();

        public int Passed { get; private set; }

        public int Failed { get; private set; }

        public int Skipped { get; private set; }

        public ManualResetEvent Done { get; } = new(false);

        public bool OnMessage(IMessageSinkMessage message)
        {
            lock (_lock)
                Count(message);
            return true;
        }

        public void Dispose() => Done.Dispose();

        private void Count(IMessageSinkMessage message)
        {
            switch (message)
            {
                case ITestPassed passed:
                    Passed++;
                    if (passed.ExecutionTime >= 2)
                        Console.Out.WriteLine($"  ({passed.ExecutionTime:0.0} s) {passed.Test.DisplayName}");
                    break;
                case ITestSkipped skipped:
                    Skipped++;
                    Console.Out.WriteLine($"SKIPPED {skipped.Test.DisplayName}: {skipped.Reason}");
                    break;
                case IFailureInformation failure and not ITestFailed:
                    Failed++;
                    Console.Out.WriteLine($"FAILED outside a test: {string.Join("; ", failure.Messages)}\n{string.Join("\n", failure.StackTraces)}");
                    break;
                case ITestFailed failed:
                    Failed++;
                    Console.Out.WriteLine($"FAILED {failed.Test.DisplayName} ({failed.ExecutionTime:0.0} s)\n  {string.Join("\n  ", failed.Messages)}\n{string.Join("\n", failed.StackTraces)}\n{failed.Output}");
                    break;
                case ITestAssemblyFinished:
                    Done.Set();
                    break;
            }
        }
    }
}
