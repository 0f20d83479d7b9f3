using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Tests.Lab.Support;

/// <summary><c>ipvlanctl</c> of one daemon. Commands are written as a person types them.</summary>
public sealed class Ctl(DaemonProcess daemon)
{
    public const int Done = 0;
    public const int Refused = 1;
    public const int Unreachable = 3;

    private static readonly string Program = Path.Combine(Machine.Programs, "ipvlanctl");

    /// <summary>Runs one command line, split at blanks.</summary>
    public Task<Said> Type(string line) => Shell.Run(Program, ["--socket", daemon.Socket, .. Words(line)], seconds: 30);

    /// <summary>Runs a command line that must succeed, and gives its stdout.</summary>
    public async Task<string> Must(string line)
    {
        var said = await Type(line);
        return said.Code == Done ? said.Out.Trim() : throw new LabException($"{said}\n{daemon.LogTail()}");
    }

    public async Task<NodeStatus> Status() => Read<NodeStatus>(await Must("status --format json"));

    public async Task<ClusterStatus> Cluster() => Read<ClusterStatus>(await Must("cluster status --format json"));

    public async Task<IReadOnlyList<NetworkSummary>> Networks() =>
        Read<IReadOnlyList<NetworkSummary>>(await Must("network ls --format json"));

    public async Task<NetworkDetail> Network(string name) => Read<NetworkDetail>(await Must($"network inspect {name} --format json"));

    public async Task<IReadOnlyList<EndpointSummary>> Endpoints() =>
        Read<IReadOnlyList<EndpointSummary>>(await Must("endpoint ls --format json"));

    public async Task<EndpointDetail> Endpoint(string name) => Read<EndpointDetail>(await Must($"endpoint inspect {name} --format json"));

    public async Task<IReadOnlyList<RouteDetail>> Routes() => Read<IReadOnlyList<RouteDetail>>(await Must("route ls --format json"));

    /// <summary>Reads the journal file itself, so it works with the daemon down too.</summary>
    public Task<Said> Journal(string line) => Shell.Run(Program, ["journal", .. Words(line), "--data", daemon.Data], seconds: 30);

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>inspect prints a list, since it takes several names; a test asks for one.</summary>
    private static T Read<T>(string json)
    {
        using var document = JsonDocument.Parse(json);
        var type = (JsonTypeInfo<T>)ContractJson.Default.GetTypeInfo(typeof(T))!;
        var root = document.RootElement;
        var one = root.ValueKind == JsonValueKind.Array && type.Kind == JsonTypeInfoKind.Object ? root.EnumerateArray().Single() : root;
        return one.Deserialize(type) ?? throw new LabException($"Not a {typeof(T).Name}: {json}");
    }
}
