using System.Reflection;
using System.Runtime.CompilerServices;
using IpvlanActors.Domain.Deciding;
using Xunit;

namespace IpvlanActors.Tests.Unit.Architecture;

/// <summary>The walls of the house. A red test here is a line of code in the wrong room.</summary>
public class WallTests
{
    private static readonly Assembly Domain = typeof(IDecider<,,>).Assembly;

    private static readonly string[] Families =
        ["EndpointEvent", "HostEvent", "HostNetworkEvent", "NetworkEvent", "RegistryEvent", "EndpointCommand", "HostCommand", "HostNetworkCommand", "NetworkCommand", "RegistryCommand", "KernelOp"];

    [Fact]
    public void The_domain_references_nothing_but_the_base_class_library() =>
        Assert.All(References("Domain"), name => Assert.StartsWith("System.", name, StringComparison.Ordinal));

    [Fact]
    public void Runtime_journal_netlink_and_client_never_meet()
    {
        Never("Runtime", "IpvlanActors.Journal", "IpvlanActors.Sqlite", "IpvlanActors.Netlink", "Tmds.LibC", "Microsoft.Data.Sqlite", "SQLitePCLRaw");
        Never("Journal", "IpvlanActors.Runtime", "IpvlanActors.Netlink", "IpvlanActors.Client", "Tmds.LibC");
        Never("Netlink", "Akka", "IpvlanActors.Runtime", "IpvlanActors.Journal", "IpvlanActors.Sqlite", "IpvlanActors.Client");
        Never("Sqlite", "IpvlanActors");
        Only("Client", "System", "Akka", "Google.Protobuf");
    }

    /// <summary>A single extension method taken from there for one of LINQ's would load it at every start.</summary>
    [Fact]
    public void Only_the_room_of_PostgreSQL_knows_what_it_takes()
    {
        string[] packages = ["Akka.Persistence.Sql", "linq2db", "LanguageExt.Core", "Npgsql"];
        foreach (var name in (string[])["ipvland", "IpvlanActors.Journal", "IpvlanActors.Runtime", "IpvlanActors.Sqlite"])
            Assert.DoesNotContain(Assembly.Load(name).GetReferencedAssemblies(), a => packages.Contains(a.Name));
    }

    [Fact]
    public void Only_netlink_and_the_tool_may_be_unsafe_and_the_tool_writes_none()
    {
        // LibraryImport's generated code is what ctl has the permission for
        Assert.Equal(
            ["IpvlanActors.Ctl.csproj", "IpvlanActors.Netlink.csproj"],
            Files("*.csproj").Where(f => File.ReadAllText(f).Contains("<AllowUnsafeBlocks>true", StringComparison.Ordinal)).Select(f => Path.GetFileName(f)).Order());
        Assert.All(
            Files("*.cs").Where(f => File.ReadLines(f).Any(l => l.Contains(" unsafe ", StringComparison.Ordinal) && !l.Contains("//", StringComparison.Ordinal) && !l.Contains('"', StringComparison.Ordinal))),
            f => Assert.True(f.Contains("/host/netlink/", StringComparison.Ordinal) || f.Contains("/tests/", StringComparison.Ordinal), f));
    }

    [Fact]
    public void Every_family_is_closed_and_every_case_sealed()
    {
        Assert.Equal(Families.Order(), Domain.GetTypes().Where(IsFamily).Select(t => t.Name).Order());
        foreach (var family in Domain.GetTypes().Where(IsFamily))
        {
            Assert.All(
                family.GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public).Where(c => !IsCopy(c)),
                c => Assert.True(c.IsPrivate || c.IsFamilyAndAssembly, $"{family.Name} can be derived from outside"));
            var cases = Domain.GetTypes().Where(t => t.BaseType == family).ToList();
            Assert.NotEmpty(cases);
            Assert.All(cases, t => Assert.True(t.IsSealed, t.Name));
        }
    }

    [Fact]
    public void Every_decider_is_a_sealed_type_without_instances()
    {
        var deciders = Domain.GetTypes().Where(t => t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IDecider<,,>))).ToList();
        Assert.Equal(5, deciders.Count);
        Assert.All(deciders, d => Assert.True(d.IsSealed && d.GetConstructors().Length == 0, d.Name));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Root(), "IpvlanActors.sln")).Replace('\\', '/');
        Assert.All(Files("*.csproj"), f => Assert.Contains($"\"{Path.GetRelativePath(Root(), f)}\"", solution, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_refusal_code_is_written_once_in_one_form()
    {
        var codes = typeof(RefusalCodes).GetFields().Select(f => (string)f.GetRawConstantValue()!).ToList();
        Assert.Equal(codes.Count, codes.Distinct().Count());
        Assert.All(codes, c => Assert.Matches("^[a-z]+(-[a-z]+)*$", c));
    }

    private static bool IsFamily(Type t) =>
        t.IsAbstract && !t.IsSealed && t.IsClass && (t.Name.EndsWith("Event", StringComparison.Ordinal) || t.Name.EndsWith("Command", StringComparison.Ordinal) || t.Name == "KernelOp");

    // a record's copy constructor: the language says protected, and it takes an instance of the family itself
    private static bool IsCopy(ConstructorInfo c) => c.GetParameters() is [var only] && only.ParameterType == c.DeclaringType;

    private static void Never(string project, params string[] names) => Assert.All(
        References(project).Where(r => r != "IpvlanActors.Domain" || names.Contains("IpvlanActors.Domain")),
        r => Assert.DoesNotContain(names, n => r == n || r.StartsWith(n + ".", StringComparison.Ordinal)));

    private static void Only(string project, params string[] names) => Assert.All(
        References(project), r => Assert.Contains(names, n => r == n || r.StartsWith(n + ".", StringComparison.Ordinal)));

    private static IEnumerable<string> References(string project) =>
        Assembly.Load($"IpvlanActors.{project}").GetReferencedAssemblies().Select(a => a.Name!);

    private static IEnumerable<string> Files(string pattern) =>
        Directory.EnumerateFiles(Root(), pattern, SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal));

    private static string Root([CallerFilePath] string here = "")
    {
        var folder = here.StartsWith("/_/", StringComparison.Ordinal) ? AppContext.BaseDirectory : Path.GetDirectoryName(here)!;
        while (!File.Exists(Path.Combine(folder, "IpvlanActors.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No IpvlanActors.sln above the tests.");
        return folder;
    }
}
