using Akka.Actor;
using Akka.Serialization;
using IpvlanActors.Sqlite.Storage;

namespace IpvlanActors.Sqlite;

/// <summary>
/// Objects to bytes and back by the serializers the actor system has bound to their types. A manifest is the serializer's
/// own, so that with a <see cref="SerializerWithStringManifest"/> no name of a CLR type is ever stored.
/// </summary>
internal sealed class PayloadSerialization(ExtendedActorSystem system)
{
    private readonly Serialization _serialization = system.Serialization;

    public SerializedPayload Serialize(object payload) => Serialization.WithTransport(system, (_serialization, payload), static asked =>
    {
        var serializer = asked._serialization.FindSerializerFor(asked.payload);
        return new SerializedPayload(
            serializer.Identifier, Serialization.ManifestFor(serializer, asked.payload), serializer.ToBinary(asked.payload));
    });

    public object Deserialize(in SerializedPayload payload) =>
        _serialization.Deserialize(payload.Bytes, payload.SerializerId, payload.Manifest);
}
