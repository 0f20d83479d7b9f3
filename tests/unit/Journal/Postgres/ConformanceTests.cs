using System.Reflection;
using IpvlanActors.Tests.Unit.Journal.Conformance;
using Xunit;
using Xunit.Sdk;

namespace IpvlanActors.Tests.Unit.Journal.Postgres;

/// <summary>The suite that our journal on SQLite is held to, over the registry's journal on PostgreSQL.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ConformanceTests(TestPostgres postgres)
{
    public static TheoryData<string> OfJournals => Rules(typeof(JournalSpec));

    public static TheoryData<string> OfSnapshotStores => Rules(typeof(SnapshotStoreSpec));

    [PostgresTheory]
    [MemberData(nameof(OfJournals))]
    public Task A_rule_of_journals_holds(string rule) => Check(new Journals(postgres.Plugin), rule);

    [PostgresTheory]
    [MemberData(nameof(OfSnapshotStores))]
    public Task A_rule_of_snapshot_stores_holds(string rule) => Check(new Snapshots(postgres.Plugin), rule);

    /// <summary>A rule's name, and the number of its case if it has several.</summary>
    private static TheoryData<string> Rules(Type spec) => [.. spec.GetMethods()
        .Where(m => m.GetCustomAttribute<FactAttribute>() is not null)
        .SelectMany(m => Cases(m).Select((_, at) => $"{m.Name} {at}"))];

    private static IEnumerable<object[]> Cases(MethodInfo rule) =>
        rule.GetCustomAttributes<DataAttribute>().SelectMany(d => d.GetData(rule)).DefaultIfEmpty([]);

    private static async Task Check(PluginSpec spec, string rule)
    {
        var words = rule.Split(' ');
        var method = spec.GetType().GetMethod(words[0])!;
        await (Task)method.Invoke(spec, Cases(method).ElementAt(int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture)))!;
    }

    private sealed class Journals(Plugin plugin) : JournalSpec(plugin)
    {
        /// <summary>It takes the hint, and looks at nothing before it.</summary>
        protected override long HighestOfTenFromPastTheEnd => 0;
    }

    private sealed class Snapshots(Plugin plugin) : SnapshotStoreSpec(plugin);
}
