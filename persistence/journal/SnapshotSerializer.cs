using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal.Mapping;

namespace IpvlanActors.Journal;

/// <summary>
/// What a node keeps beside its events only so as not to wait for others at its start: the newest catalogue that it has seen.
/// It is a cache of a rumour. So, unlike an event, one that cannot be read (a newer version's, or damaged) is as if there
/// were none, and keeps no node from starting.
/// </summary>
public sealed class SnapshotSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Lies in every row.</summary>
    public const int Id = 7203;

    private const string CatalogueManifest = "Catalogue";

    public override int Identifier => Id;

    public override string Manifest(object o) => CatalogueManifest;

    public override byte[] ToBinary(object obj) => ((Catalogue)obj).ToProto().ToByteArray();

    public override object FromBinary(byte[] bytes, string manifest) => manifest == CatalogueManifest ? ReadCatalogue(bytes) : Catalogue.Empty;

    /// <returns>An empty catalogue if these bytes are none.</returns>
    public static Catalogue ReadCatalogue(byte[] bytes)
    {
        try
        {
            return Schema.Catalogue.Parser.ParseFrom(bytes).ToDomain();
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException or FormatException or ArgumentException or OverflowException)
        {
            return Catalogue.Empty;
        }
    }
}
