using System.Collections.Frozen;
using System.Collections.Immutable;
using Google.Protobuf;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal.Mapping;

namespace IpvlanActors.Journal;

/// <summary>
/// Events to stored bytes and back, without an actor system. A manifest is the event's name, readable in the table, and
/// permanent: a changed event gets a new name (<c>AddressAllocated.v2</c>), and the old one stays readable here.
/// </summary>
public static class JournalEvents
{
    private static readonly Form[] Forms =
    [
        Of("HostRegistered", Schema.HostRegistered.Parser, (HostRegistered e) => e.ToProto(), p => p.ToDomain()),
        Of("HostForgotten", Schema.HostForgotten.Parser, (HostForgotten e) => e.ToProto(), p => p.ToDomain()),
        Of("RegistryDoubted", Schema.RegistryDoubted.Parser, (RegistryDoubted e) => e.ToProto(), p => p.ToDomain()),
        Of("TestimonyAdopted", Schema.TestimonyAdopted.Parser, (TestimonyAdopted e) => e.ToProto(), p => p.ToDomain()),
        Of("RegistryTrusted", Schema.RegistryTrusted.Parser, (RegistryTrusted e) => e.ToProto(), p => p.ToDomain()),
        Of("NetworkNameReserved", Schema.NetworkNameReserved.Parser, (NetworkNameReserved e) => e.ToProto(), p => p.ToDomain()),
        Of("NetworkNameFreed", Schema.NetworkNameFreed.Parser, (NetworkNameFreed e) => e.ToProto(), p => p.ToDomain()),

        Of("NetworkCreated", Schema.NetworkCreated.Parser, (NetworkCreated e) => e.ToProto(), p => p.ToDomain()),
        Of("BlockClaimed", Schema.BlockClaimed.Parser, (BlockClaimed e) => e.ToProto(), p => p.ToDomain()),
        Of("BlockReleased", Schema.BlockReleased.Parser, (BlockReleased e) => e.ToProto(), p => p.ToDomain()),
        Of("EpochsSkipped", Schema.EpochsSkipped.Parser, (EpochsSkipped e) => e.ToProto(), p => p.ToDomain()),
        Of("BlockFenced", Schema.BlockFenced.Parser, (BlockFenced e) => e.ToProto(), p => p.ToDomain()),
        Of("LoanOffered", Schema.LoanOffered.Parser, (LoanOffered e) => e.ToProto(), p => p.ToDomain()),
        Of("AddressLent", Schema.AddressLent.Parser, (AddressLent e) => e.ToProto(), p => p.ToDomain()),
        Of("AddressReturned", Schema.AddressReturned.Parser, (AddressReturned e) => e.ToProto(), p => p.ToDomain()),
        Of("NetworkRemoved", Schema.NetworkRemoved.Parser, (NetworkRemoved e) => e.ToProto(), p => p.ToDomain()),

        Of("HostBorn", Schema.HostBorn.Parser, (HostBorn e) => e.ToProto(), p => p.ToDomain()),
        Of("HostStarted", Schema.HostStarted.Parser, (HostStarted e) => e.ToProto(), p => p.ToDomain()),
        Of("HostConfirmed", Schema.HostConfirmed.Parser, (HostConfirmed e) => e.ToProto(), p => p.ToDomain()),

        Of("NetworkAttached", Schema.NetworkAttached.Parser, (NetworkAttached e) => e.ToProto(), p => p.ToDomain()),
        Of("ParentLinkCreated", Schema.ParentLinkCreated.Parser, (ParentLinkCreated e) => e.ToProto(), p => p.ToDomain()),
        Of("BlockReceived", Schema.BlockReceived.Parser, (BlockReceived e) => e.ToProto(), p => p.ToDomain()),
        Of("AddressAllocated", Schema.AddressAllocated.Parser, (AddressAllocated e) => e.ToProto(), p => p.ToDomain()),
        Of("AddressReleased", Schema.AddressReleased.Parser, (AddressReleased e) => e.ToProto(), p => p.ToDomain()),
        Of("BlockSurrendered", Schema.BlockSurrendered.Parser, (BlockSurrendered e) => e.ToProto(), p => p.ToDomain()),
        Of("BlockLost", Schema.BlockLost.Parser, (BlockLost e) => e.ToProto(), p => p.ToDomain()),
        Of("AddressLentOut", Schema.AddressLentOut.Parser, (AddressLentOut e) => e.ToProto(), p => p.ToDomain()),
        Of("AddressCameBack", Schema.AddressCameBack.Parser, (AddressCameBack e) => e.ToProto(), p => p.ToDomain()),
        Of("NetworkBound", Schema.NetworkBound.Parser, (NetworkBound e) => e.ToProto(), p => p.ToDomain()),
        Of("NetworkUnbound", Schema.NetworkUnbound.Parser, (NetworkUnbound e) => e.ToProto(), p => p.ToDomain()),
        Of("NetworkDetached", Schema.NetworkDetached.Parser, (NetworkDetached e) => e.ToProto(), p => p.ToDomain()),

        Of("EndpointCreated", Schema.EndpointCreated.Parser, (EndpointCreated e) => e.ToProto(), p => p.ToDomain()),
        Of("EndpointJoined", Schema.EndpointJoined.Parser, (EndpointJoined e) => e.ToProto(), p => p.ToDomain()),
        Of("EndpointHandedOver", Schema.EndpointHandedOver.Parser, (EndpointHandedOver e) => e.ToProto(), p => p.ToDomain()),
        Of("EndpointJoinFailed", Schema.EndpointJoinFailed.Parser, (EndpointJoinFailed e) => e.ToProto(), p => p.ToDomain()),
        Of("EndpointLeft", Schema.EndpointLeft.Parser, (EndpointLeft e) => e.ToProto(), p => p.ToDomain()),
        Of("EndpointRemoved", Schema.EndpointRemoved.Parser, (EndpointRemoved e) => e.ToProto(), p => p.ToDomain()),
    ];

    // A type that had several forms in its life is written in the last of them.
    private static readonly FrozenDictionary<Type, Form> ByType =
        Forms.GroupBy(f => f.Type).ToFrozenDictionary(g => g.Key, g => g.Last());

    private static readonly FrozenDictionary<string, Form> ByManifest =
        Forms.ToFrozenDictionary(f => f.Manifest, StringComparer.Ordinal);

    /// <summary>Every name that can be read.</summary>
    public static ImmutableArray<string> Manifests { get; } = [.. Forms.Select(f => f.Manifest)];

    public static string Manifest(object @event) => FormOf(@event).Manifest;

    /// <summary>
    /// The bytes to store. They are read once before they leave: an event that could not be read again must be refused
    /// while there is somebody to tell, not found at the next start.
    /// </summary>
    public static byte[] Write(object @event)
    {
        var form = FormOf(@event);
        var bytes = form.Write(@event);
        form.Read(bytes);
        return bytes;
    }

    /// <exception cref="UnreadableEventException">Unknown name, or bytes that are not such an event.</exception>
    public static object Read(string manifest, byte[] bytes) => ByManifest.TryGetValue(manifest, out var form)
        ? form.Read(bytes)
        : throw new UnreadableEventException(manifest, "this version knows no such event");

    /// <summary>When it was decided, and by which host.</summary>
    public static Stamp StampOf(object @event) => @event switch
    {
        RegistryEvent e => e.Stamp,
        NetworkEvent e => e.Stamp,
        HostEvent e => e.Stamp,
        HostNetworkEvent e => e.Stamp,
        EndpointEvent e => e.Stamp,
        _ => throw NotOurs(@event),
    };

    private static Form FormOf(object @event) =>
        ByType.TryGetValue(@event.GetType(), out var form) ? form : throw NotOurs(@event);

    private static ArgumentException NotOurs(object @event) => new($"The journal has no event {@event.GetType().Name}.");

    private static Form Of<TEvent, TProto>(
        string manifest, MessageParser<TProto> parser, Func<TEvent, TProto> write, Func<TProto, TEvent> read)
        where TEvent : class
        where TProto : class, IMessage<TProto> =>
        new(manifest, typeof(TEvent), e => write((TEvent)e).ToByteArray(), bytes =>
        {
            try
            {
                return read(parser.ParseFrom(bytes));
            }
            catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException or FormatException
                or ArgumentException or OverflowException)
            {
                throw new UnreadableEventException(manifest, e.Message.TrimEnd('.'), e);
            }
        });

    /// <summary>How one kind of event lies in the journal.</summary>
    private sealed record Form(string Manifest, Type Type, Func<object, byte[]> Write, Func<byte[], object> Read);
}
