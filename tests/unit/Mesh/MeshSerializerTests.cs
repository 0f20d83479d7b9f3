using System.Collections;
using System.Collections.Immutable;
using Akka.Serialization;
using Akka.TestKit.Xunit2;
using CsCheck;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Mesh;
using Xunit;
using Wire = IpvlanActors.Runtime.Mesh.Wire;

namespace IpvlanActors.Tests.Unit.Mesh;

public class MeshSerializerTests() : TestKit(MeshSerializer.Config)
{
    private static readonly Gen<HostId> AnyHost = Gen.Int[0, 5].Select(n => new HostId(new Guid(n * 0x01020304, 2, 3, [1, 2, 3, 4, 5, 6, 7, (byte)n])));
    private static readonly Gen<NetworkId> AnyNetwork = Gen.Int[0, 3].Select(n => NetworkId.From(new Guid(n, 2, 3, [1, 2, 3, 4, 5, 6, 7, 8])));
    private static readonly Gen<Ip> AnyAddress = Gen.OneOf(
        Gen.Byte.Array[4].Select(b => Ip.FromNetworkBytes(b)), Gen.Byte.Array[16].Select(b => Ip.FromNetworkBytes(b)));
    private static readonly Gen<Prefix> AnyPrefix =
        Gen.Select(AnyAddress, Gen.Int[0, 128]).Select((ip, length) => Prefix.Of(ip, Math.Min(length, ip.BitWidth)));
    private static readonly Gen<long> AnyCount = Gen.Long[0, long.MaxValue];

    public static TheoryData<int> Samples => [.. Enumerable.Range(0, MeshSamples.All.Length)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_message_comes_back_equal(int sample)
    {
        var message = MeshSamples.All[sample];
        var serializer = (SerializerWithStringManifest)Sys.Serialization.FindSerializerFor(message);
        Assert.IsType<MeshSerializer>(serializer);
        Assert.Equal(7202, serializer.Identifier);
        Same(message, Sys.Serialization.Deserialize(serializer.ToBinary(message), 7202, serializer.Manifest(message)));
    }

    /// <summary>Bytes and names of an earlier version, with which this one has to talk. Lines are added, never changed.</summary>
    [Theory]
    [MemberData(nameof(Samples))]
    public void What_an_earlier_version_said_is_still_understood_and_still_said(int sample)
    {
        var message = MeshSamples.All[sample];
        var today = $"{Serializer().Manifest(message)} {Convert.ToHexStringLower(Serializer().ToBinary(message))}".TrimEnd();
        Assert.True(sample < MeshSamples.Lines.Length, $"no line for:\n{today}");
        var line = MeshSamples.Lines[sample].Split(' ');
        Same(message, Serializer().FromBinary(Convert.FromHexString(line.Length > 1 ? line[1] : ""), line[0]));
        Assert.Equal(MeshSamples.Lines[sample], today);
    }

    [Fact]
    public void Every_message_has_a_sample()
    {
        var types = typeof(IMeshMessage).Assembly.GetTypes()
            .Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IMeshMessage)))
            .Concat([typeof(GossipedDigest), typeof(GossipedDigestKey)]).ToList();
        Assert.All(types, t => Assert.True(t.IsSealed));
        Assert.Empty(types.Except(MeshSamples.All.Select(m => m.GetType())));
        Assert.Equal(types.Count, MeshSamples.All.Select(m => Serializer().Manifest(m)).Distinct().Count());
        Assert.Equal(MeshSamples.All.Length, MeshSamples.Lines.Length);
    }

    [Fact]
    public void Numbers_of_enums_on_the_wire_are_those_of_the_domain()
    {
        Assert.Equal(Numbers<IpvlanMode>(), Numbers<Wire.IpvlanMode>().Where(n => n.Number != 0));
        Assert.Equal(Numbers<IpvlanFlag>(), Numbers<Wire.IpvlanFlag>().Where(n => n.Number != 0));
    }

    [Fact]
    public void Equal_values_are_equal_bytes_whatever_order_they_were_held_in()
    {
        var catalogue = MeshSamples.FullCatalogue;
        var other = catalogue with
        {
            Hosts = Reversed(catalogue.Hosts),
            Networks = Reversed(catalogue.Networks.ToImmutableSortedDictionary(
                n => n.Key, n => n.Value with { Blocks = n.Value.Blocks.Reverse().ToPrefixMap(), Spec = Reversed(n.Value.Spec) })),
        };
        Assert.NotEqual(catalogue.Hosts.First(), other.Hosts.First());
        Assert.Equal(Serializer().ToBinary(new CatalogueUpdate(catalogue)), Serializer().ToBinary(new CatalogueUpdate(other)));
    }

    [Fact]
    public void Any_catalogue_comes_back_equal_and_as_the_same_bytes()
    {
        var blocks = Gen.Dictionary(AnyPrefix, Gen.Select(AnyHost, AnyCount).Select((h, e) => new BlockOwner(h, e)))[0, 20];
        var networks = Gen.Dictionary(AnyNetwork, blocks)[0, 4];
        Gen.Select(AnyCount, Gen.Dictionary(AnyHost, Gen.Select(Gen.String, AnyCount).Select((n, i) => new KnownHost(n, i)))[0, 5], networks).Sample((version, hosts, all) =>
        {
            var entries = all.ToImmutableSortedDictionary(
                n => n.Key, n => new CatalogueEntry(MeshSamples.LeastSpec, MeshSamples.Time, n.Value.ToPrefixMap()));
            ComesBack(new CatalogueUpdate(new(version, hosts.ToImmutableSortedDictionary(), entries)));
        }, iter: 1_000);
    }

    private MeshSerializer Serializer() => (MeshSerializer)Sys.Serialization.FindSerializerForType(typeof(IMeshMessage));

    private void ComesBack(object message)
    {
        var bytes = Serializer().ToBinary(message);
        var back = Serializer().FromBinary(bytes, Serializer().Manifest(message));
        Same(message, back);
        Assert.Equal(bytes, Serializer().ToBinary(back));
    }

    /// <summary>By fields, as a record with an array compares only whether it is the very same array.</summary>
    private static void Same(object expected, object actual)
    {
        Assert.IsType(expected.GetType(), actual);
        foreach (var property in expected.GetType().GetProperties().Where(p => p.GetMethod is { IsStatic: false }))
        {
            var (want, have) = (property.GetValue(expected), property.GetValue(actual));
            if (want is IEnumerable and not string)
                Assert.Equal(((IEnumerable)want).Cast<object>(), ((IEnumerable)have!).Cast<object>());
            else
                Assert.True(Equals(want, have), $"{property.Name}: {want} became {have}");
        }
    }

    private static NetworkSpec Reversed(NetworkSpec spec) => spec with
    {
        Options = Reversed(spec.Options),
        Labels = Reversed(spec.Labels),
        Parents = spec.Parents with { ByHost = Reversed(spec.Parents.ByHost) },
        Subnets = [.. spec.Subnets.Select(s => s with { Reserved = Reversed(s.Reserved) })],
    };

    private static ImmutableSortedDictionary<TKey, TValue> Reversed<TKey, TValue>(ImmutableSortedDictionary<TKey, TValue> pairs)
        where TKey : notnull =>
        pairs.WithComparers(Comparer<TKey>.Create((a, b) => Comparer<TKey>.Default.Compare(b, a)));

    private static IEnumerable<(string Name, int Number)> Numbers<T>()
        where T : struct, Enum =>
        Enum.GetValues<T>().Select(v => (v.ToString(), Convert.ToInt32(v, null)));
}
