using System.Text.Json.Serialization;

namespace IpvlanActors.Daemon.Http.Contract;

/// <summary>The contract's JSON: camelCase, generated at build time, since ipvlanctl is native.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CreateNetworkRequest))]
[JsonSerializable(typeof(NetworkCreatedReply))]
[JsonSerializable(typeof(IReadOnlyList<NetworkSummary>))]
[JsonSerializable(typeof(NetworkDetail))]
[JsonSerializable(typeof(JoinEndpointRequest))]
[JsonSerializable(typeof(IReadOnlyList<EndpointSummary>))]
[JsonSerializable(typeof(EndpointDetail))]
[JsonSerializable(typeof(IReadOnlyList<RouteDetail>))]
[JsonSerializable(typeof(ClusterStatus))]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(VersionReply))]
[JsonSerializable(typeof(IReadOnlyList<JournalMessage>))]
[JsonSerializable(typeof(IReadOnlyList<JournalSummary>))]
[JsonSerializable(typeof(JournalState))]
[JsonSerializable(typeof(JournalMessage))]
[JsonSerializable(typeof(StateMessage))]
[JsonSerializable(typeof(StreamMessage))]
[JsonSerializable(typeof(CheckRequest))]
[JsonSerializable(typeof(Problem))]
public sealed partial class ContractJson : JsonSerializerContext;
