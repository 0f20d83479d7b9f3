using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Journal;

/// <summary>What Akka.Persistence asks to store and read events: <see cref="JournalEvents"/> under a permanent number.</summary>
public sealed class JournalSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Lies in every row.</summary>
    public const int Id = 7201;

    /// <summary>The families of events; binding these binds every event.</summary>
    public static ImmutableArray<Type> EventTypes { get; } =
        [typeof(RegistryEvent), typeof(NetworkEvent), typeof(HostEvent), typeof(HostNetworkEvent), typeof(EndpointEvent)];

    /// <summary>
    /// Binds all events to this serializer, and what is kept beside them to the other; to be laid under the actor system's
    /// own configuration.
    /// </summary>
    public static Config Config { get; } = ConfigurationFactory.ParseString($$"""
        akka.actor {
          serializers.ipvlan-journal = "{{Name(typeof(JournalSerializer))}}"
          serializers.ipvlan-snapshot = "{{Name(typeof(SnapshotSerializer))}}"
          serialization-identifiers {
            "{{Name(typeof(JournalSerializer))}}" = {{Id}}
            "{{Name(typeof(SnapshotSerializer))}}" = {{SnapshotSerializer.Id}}
          }
          serialization-bindings {
            "{{Name(typeof(Domain.Networks.Catalogue))}}" = ipvlan-snapshot
            {{string.Join("\n    ", EventTypes.Select(t => $"\"{Name(t)}\" = ipvlan-journal"))}}
          }
        }
        """);

    public override int Identifier => Id;

    public override string Manifest(object o) => JournalEvents.Manifest(o);

    public override byte[] ToBinary(object obj) => JournalEvents.Write(obj);

    public override object FromBinary(byte[] bytes, string manifest) => JournalEvents.Read(manifest, bytes);

    private static string Name(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}
