using System.Runtime.CompilerServices;
using IpvlanActors.Client;
using PublicApiGenerator;
using Xunit;

namespace IpvlanActors.Tests.Unit.Services;

/// <summary>What others have built on. Lines may be added; one that goes or changes breaks somebody, and wants a new major version.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_face_of_the_package_is_the_one_that_is_written_down()
    {
        var file = Path.Combine(Folder(), "PublicApi.txt");
        var today = typeof(IpvlanClient).Assembly.GeneratePublicApi(new() { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("IPVLAND_WRITE") == "1")
            File.WriteAllText(file, today);
        Assert.True(File.ReadAllText(file) == today, $"The public face differs from {file}. If it is meant to, run this test with IPVLAND_WRITE=1 and commit the file:\n{today}");
    }

    [Fact]
    public void Nobody_sees_the_house_through_it()
    {
        var names = typeof(IpvlanClient).Assembly.GetReferencedAssemblies().Select(a => a.Name!);
        Assert.All(names, n => Assert.True(n.StartsWith("System", StringComparison.Ordinal) || n.StartsWith("Akka", StringComparison.Ordinal) || n == "Google.Protobuf", n));
    }

    private static string Folder([CallerFilePath] string here = "")
    {
        var folder = here.StartsWith("/_/", StringComparison.Ordinal) ? AppContext.BaseDirectory : Path.GetDirectoryName(here)!;
        while (!File.Exists(Path.Combine(folder, "IpvlanActors.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No IpvlanActors.sln above the tests.");
        return Path.Combine(folder, "actors", "client");
    }
}
