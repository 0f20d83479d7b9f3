using System.Collections.Frozen;
using Google.Protobuf;

namespace IpvlanActors.Runtime.Mesh.Mapping;

/// <summary>How one type crosses the wire, and under which name.</summary>
/// <param name="Manifest">
/// Permanent: a form that older nodes could not read gets a new one. Taken for ever by protocols 1 and 2: RQ1, RU1, VM1, VK1, WI1.
/// </param>
internal sealed record WireForm(string Manifest, Type Type, Func<object, IMessage> Write, Func<byte[], object> Read)
{
    public static IReadOnlyList<WireForm> All { get; } =
    [
        Of("RH1", Wire.RegisterHostRequest.Parser, RegistryMapping.ToProto, RegistryMapping.ToDomain),
        Of("CN1", Wire.CreateNetworkRequest.Parser, RegistryMapping.ToProto, RegistryMapping.ToDomain),
        Of("RN1", Wire.RemoveNetworkRequest.Parser, RegistryMapping.ToProto, RegistryMapping.ToDomain),
        Of("CB1", Wire.ClaimBlockRequest.Parser, RegistryMapping.ToProto, RegistryMapping.ToDomain),
        Of("HK1", Wire.HostKnown.Parser, RegistryMapping.ToProto, RegistryMapping.ToDomain),
        Of("NG1", Wire.NetworkGranted.Parser, RegistryMapping.ToProto, RegistryMapping.ToDomain),
        Of("GN1", Wire.NetworkGone.Parser, RegistryMapping.ToProto, RegistryMapping.ToDomain),
        Of("BG1", Wire.BlockGranted.Parser, RegistryMapping.ToProto, RegistryMapping.ToDomain),
        Of("RR1", Wire.RegistryRefused.Parser, RegistryMapping.ToProto, RegistryMapping.ToDomain),
        Of("SR1", Wire.SurrenderRequest.Parser, RegistryMapping.ToProto, RegistryMapping.ToDomain),
        Of("BS1", Wire.BlocksSurrendered.Parser, RegistryMapping.ToProto, RegistryMapping.ToDomain),
        Of("RB1", Wire.ReleaseBlocksRequest.Parser, OwnershipMapping.ToProto, OwnershipMapping.ToDomain),
        Of("BR1", Wire.BlocksReleased.Parser, OwnershipMapping.ToProto, OwnershipMapping.ToDomain),
        Of("FH1", Wire.ForgetHostRequest.Parser, OwnershipMapping.ToProto, OwnershipMapping.ToDomain),
        Of("LC1", Wire.LeaveClusterRequest.Parser, OwnershipMapping.ToProto, OwnershipMapping.ToDomain),
        Of("HG1", Wire.HostGone.Parser, OwnershipMapping.ToProto, OwnershipMapping.ToDomain),
        Of("LR1", Wire.LendRequest.Parser, OwnershipMapping.ToProto, OwnershipMapping.ToDomain),
        Of("AL1", Wire.AddressLoan.Parser, OwnershipMapping.ToProto, OwnershipMapping.ToDomain),
        Of("CQ1", Wire.CatalogueRequest.Parser, StateMapping.ToProto, StateMapping.ToDomain),
        Of("CU1", Wire.CatalogueUpdate.Parser, StateMapping.ToProto, StateMapping.ToDomain),
        Of("WQ1", Wire.WitnessRequest.Parser, StateMapping.ToProto, StateMapping.ToDomain),
        Of("WI2", Wire.Witness.Parser, StateMapping.ToProto, StateMapping.ToDomain),
        Of("FT1", Wire.FeedPart.Parser, FeedMapping.ToProto, FeedMapping.ToDomain),
        Of("FQ1", Wire.FeedRequest.Parser, FeedMapping.ToProto, FeedMapping.ToDomain),
        Of("FD1", Wire.FeedDigest.Parser, FeedMapping.ToProto, FeedMapping.ToGossip),
        Of("FK1", Wire.FeedDigestKey.Parser, FeedMapping.ToProto, FeedMapping.ToDomain),
    ];

    public static FrozenDictionary<string, WireForm> ByManifest { get; } = All.ToFrozenDictionary(f => f.Manifest);

    public static FrozenDictionary<Type, WireForm> ByType { get; } = All.ToFrozenDictionary(f => f.Type);

    private static WireForm Of<TDomain, TProto>(
        string manifest, MessageParser<TProto> parser, Func<TDomain, TProto> write, Func<TProto, TDomain> read)
        where TDomain : class
        where TProto : IMessage<TProto>
    {
        var known = parser.WithDiscardUnknownFields(true);
        return new(manifest, typeof(TDomain), m => write((TDomain)m), bytes => read(known.ParseFrom(bytes)));
    }
}
