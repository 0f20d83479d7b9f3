using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Google.Protobuf;
using IpvlanActors.Client.Remoting;
using IpvlanActors.Runtime.Mesh.Mapping;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>
/// Everything of ours that crosses the wire, as protobuf of package ipvlan.mesh.v1. Equal values are equal bytes, since
/// the gossip compares digests. Whatever is wrong with bytes or a message is a <see cref="SerializationException"/>: that
/// one costs a message and a line in the log, while any other would cost the connection to that host.
/// </summary>
public sealed class MeshSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>No frame of the mesh is longer, so nobody sends more in good faith.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>
    /// For the mesh's actor system: our types by this serializer, Akka's own by Akka's, and nothing else, in neither
    /// direction.
    /// </summary>
    public static Config Config { get; } = ConfigurationFactory.ParseString($$"""
        akka.actor {
          serialization-settings.allow-unregistered-types = false
          serializers {
            json = "{{NameOf(typeof(RefusingSerializer))}}"
            ipvlan-mesh = "{{NameOf(typeof(MeshSerializer))}}"
          }
          serialization-bindings {
            "{{NameOf(typeof(IMeshMessage))}}" = ipvlan-mesh
            "{{NameOf(typeof(GossipedDigest))}}" = ipvlan-mesh
            "{{NameOf(typeof(GossipedDigestKey))}}" = ipvlan-mesh
          }
        }
        """);

    public override int Identifier => 7202;

    public override string Manifest(object o) => FormOf(o).Manifest;

    public override byte[] ToBinary(object obj)
    {
        var form = FormOf(obj);
        try
        {
            return obj is FeedTold told ? told.Encoded ??= Encode(form, obj) : Encode(form, obj);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new SerializationException($"{form.Type.Name} cannot be sent: {e.Message.TrimEnd('.')}.", e);
        }
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!WireForm.ByManifest.TryGetValue(manifest ?? "", out var form))
            throw new SerializationException($"'{manifest}' is no message that this version knows: the sender may be newer.");
        try
        {
            return form.Read(Fitting(bytes));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new SerializationException($"{form.Type.Name} of {bytes?.Length ?? 0} bytes cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static byte[] Encode(WireForm form, object message) => Fitting(form.Write(message).ToByteArray());

    private static WireForm FormOf(object message) => WireForm.ByType.TryGetValue(message.GetType(), out var form)
        ? form
        : throw new SerializationException($"{message.GetType()} has no form on the wire: give it a row in {nameof(WireForm)}.");

    private static byte[] Fitting(byte[] bytes) => bytes.Length <= MaxBytes
        ? bytes
        : throw new SerializationException($"{bytes.Length} bytes are more than {MaxBytes}");

    private static string NameOf(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}
