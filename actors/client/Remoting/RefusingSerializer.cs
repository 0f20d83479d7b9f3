using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace IpvlanActors.Client.Remoting;

/// <summary>
/// In the place (name and number) of Akka's JSON serializer, which makes objects of whatever type the sender names.
/// Strict serialization alone stops only what goes out; this stops what comes in as well.
/// </summary>
internal sealed class RefusingSerializer(ExtendedActorSystem system) : Serializer(system)
{
    /// <summary>The form that Akka asks for, as it has settings for "json".</summary>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : this(system) => _ = settings;

    /// <summary>Akka's number for JSON.</summary>
    public override int Identifier => 1;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) =>
        throw new SerializationException($"{obj?.GetType().FullName ?? "null"} cannot be sent: it is bound to no serializer, and JSON is refused.");

    public override object FromBinary(byte[] bytes, Type type) =>
        throw new SerializationException($"{bytes?.Length ?? 0} bytes of JSON refused: the sender is no node of this mesh.");
}
