using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace IpvlanActors.Tests.Unit.Journal.Conformance;

/// <summary>An event, or a state, as far as a journal cares: some text.</summary>
public sealed record Noted(string Text);

/// <summary>What no serializer can write.</summary>
public sealed record Unwritable;

/// <summary>The serializer of the suite's events; refuses <see cref="Unwritable"/>.</summary>
public sealed class TestEventSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 9901;

    public static Config Config { get; } = ConfigurationFactory.ParseString("""
        akka.actor {
          serializers.conformance = "IpvlanActors.Tests.Unit.Journal.Conformance.TestEventSerializer, IpvlanActors.Tests.Unit"
          serialization-bindings {
            "IpvlanActors.Tests.Unit.Journal.Conformance.Noted, IpvlanActors.Tests.Unit" = conformance
            "IpvlanActors.Tests.Unit.Journal.Conformance.Unwritable, IpvlanActors.Tests.Unit" = conformance
          }
        }
        """);

    public override string Manifest(object o) => "N1";

    public override byte[] ToBinary(object obj) =>
        obj is Noted noted ? Encoding.UTF8.GetBytes(noted.Text) : throw new NotSupportedException("an event that cannot be written");

    public override object FromBinary(byte[] bytes, string manifest) =>
        manifest == "N1" ? new Noted(Encoding.UTF8.GetString(bytes)) : throw new NotSupportedException($"unknown manifest {manifest}");
}
