using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;

namespace IpvlanActors.Client.Messages;

/// <summary>
/// What services and nodes say to each other (Wire/client.proto). Whatever comes in is a message, if only
/// <see cref="Unreadable"/>: bytes of others cost neither a connection nor the one who waits.
/// </summary>
internal sealed class ClientSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public const int Id = 7204;
    public const string RequestManifest = "Q1";
    public const string ReplyManifest = "A1";

    private static readonly MessageParser<Wire.Request> Requests = Wire.Request.Parser.WithDiscardUnknownFields(true);
    private static readonly MessageParser<Wire.Reply> Replies = Wire.Reply.Parser.WithDiscardUnknownFields(true);

    public override int Identifier => Id;

    public override string Manifest(object o) => o switch
    {
        Wire.Request => RequestManifest,
        Wire.Reply => ReplyManifest,
        _ => throw new SerializationException($"{o.GetType()} is nothing that services and nodes say to each other."),
    };

    /// <exception cref="SerializationException">It is too large, or no message of ours.</exception>
    public override byte[] ToBinary(object obj)
    {
        _ = Manifest(obj);
        var message = (IMessage)obj;
        return message.CalculateSize() <= ClientProtocol.MaxBytes
            ? message.ToByteArray()
            : throw new SerializationException($"a message of {message.CalculateSize()} bytes cannot be sent: more than {ClientProtocol.MaxBytes} would hold up others.");
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return manifest switch
            {
                _ when bytes.Length > ClientProtocol.MaxBytes => new Unreadable($"a message of {bytes.Length} bytes is larger than {ClientProtocol.MaxBytes}: say less at a time."),
                RequestManifest => Requests.ParseFrom(bytes),
                ReplyManifest => Replies.ParseFrom(bytes),
                _ => new Unreadable($"a message of the form '{manifest}' is not known here: the other side is of a newer version."),
            };
        }
        catch (InvalidProtocolBufferException e)
        {
            return new Unreadable($"{bytes.Length} bytes cannot be read: {e.Message.TrimEnd('.')}.");
        }
    }
}
