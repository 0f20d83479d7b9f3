using System.Collections.Immutable;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using CsCheck;
using Google.Protobuf;
using IpvlanActors.Client.Remoting;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Mesh;
using Xunit;
using Wire = IpvlanActors.Runtime.Mesh.Wire;

namespace IpvlanActors.Tests.Unit.Mesh;

/// <summary>
/// Another host's bytes are not to be trusted: they are a message, or a SerializationException that says what is wrong.
/// Any other exception would cost the connection.
/// </summary>
public class HostileBytesTests : TestKit
{
    private static readonly ByteString Id = Bytes(16);
    private readonly MeshSerializer _serializer;

    public HostileBytesTests()
        : base(MeshSerializer.Config) => _serializer = new((ExtendedActorSystem)Sys);

    public static TheoryData<string, string, string> Malformed => new()
    {
        { "SR1", Hex(new Wire.SurrenderRequest()), "a network id has 16 bytes, not 0" },
        { "SR1", Hex(new Wire.SurrenderRequest { Network = Bytes(17) }), "a network id has 16 bytes, not 17" },
        { "HK1", Hex(new Wire.HostKnown { Host = Bytes(15) }), "a host id has 16 bytes, not 15" },
        { "RH1", Hex(new Wire.RegisterHostRequest()), "there is no stamp" },
        { "RH1", Hex(new Wire.RegisterHostRequest { Stamp = new() { UnixMs = long.MinValue, Host = Id } }), "is no time" },
        { "RH1", "0aff", "ended unexpectedly" },
        { "RH1", "1202fffe", "UTF-8" },
        { "BG1", Hex(Granted("0a0100")), "a prefix has 5 or 17 bytes, not 3" },
        { "BG1", Hex(Granted("")), "a prefix has 5 or 17 bytes, not 0" },
        { "BG1", Hex(Granted("0a01000021")), "10.1.0.0/33 is longer than 32" },
        { "BG1", Hex(Granted("20010db8000000000000000000000000ff")), "2001:db8::/255 is longer than 128" },
        { "BG1", Hex(Granted("0a01000108")), "10.1.0.1/8 has host bits set" },
        { "BG1", Hex(Granted("0a0100001a", epoch: -1)), "epoch is -1, which is below 0" },
        { "CB1", Hex(new Wire.ClaimBlockRequest { Stamp = At(), Network = Id, Subnet = Raw("0a00000008"), Wanted = Raw("0a0000") }), "an address has 4 or 16 bytes, not 3" },
        { "CB1", Hex(new Wire.ClaimBlockRequest { Stamp = At(), Network = Id, Subnet = Raw("0a00000008"), Held = { ByteString.Empty } }), "a prefix has 5 or 17 bytes, not 0" },
        { "RR1", Hex(new Wire.RegistryRefused()), "there is no refusal" },
        { "RR1", Hex(new Wire.RegistryRefused { Reason = new() }), "there is no refusal code" },
        { "NG1", Hex(new Wire.NetworkGranted { Network = Id }), "there is no spec" },
        { "NG1", Spec(s => s.Name = ""), "there is no network name" },
        { "NG1", Spec(s => s.Mode = 0), "0 is no IpvlanMode that this version knows" },
        { "NG1", Spec(s => s.Mode = (Wire.IpvlanMode)4), "4 is no IpvlanMode that this version knows" },
        { "NG1", Spec(s => s.Mode = (Wire.IpvlanMode)257), "257 is no IpvlanMode that this version knows" },
        { "NG1", Spec(s => s.Flag = (Wire.IpvlanFlag)(-1)), "-1 is no IpvlanFlag that this version knows" },
        { "NG1", Spec(s => s.Mtu = uint.MaxValue), "mtu is 4294967295, which is above 65535" },
        { "NG1", Spec(s => s.BlockLength4 = 33), "IPv4 block length is 33, which is above 32" },
        { "NG1", Spec(s => s.BlockLength6 = 129), "IPv6 block length is 129, which is above 128" },
        { "NG1", Spec(s => s.Options.Add([Pair("a"), Pair("a")])), "options are out of order: 'a' comes after 'a'" },
        { "NG1", Spec(s => s.Labels.Add([Pair("b"), Pair("a")])), "labels are out of order: 'a' comes after 'b'" },
        { "NG1", Spec(s => s.ParentsByHost.Add([Pair("b"), Pair("B")])), "parents are out of order: 'B' comes after 'b'" },
        { "NG1", Spec(s => s.Subnets.Add(new Wire.SubnetSpec())), "a prefix has 5 or 17 bytes, not 0" },
        { "CU1", Hex(new Wire.CatalogueUpdate { Version = -1 }), "version is -1, which is below 0" },
        { "CU1", Hex(new Wire.CatalogueUpdate { Hosts = { new Wire.Host { Id = Id }, new Wire.Host { Id = Id } } }), "hosts are out of order" },
        { "CU1", Owners(Owner(1)), "there are no blocks" },
        { "CU1", Owners(Owner(2, "0a00000008"), Owner(1, "0b00000008")), "owners are out of order" },
        { "CU1", Owners(Owner(1, "0b00000008", "0a00000008")), "blocks are out of order: '10.0.0.0/8' comes after '11.0.0.0/8'" },
        { "CU1", Owners(Owner(1, "0a00000008"), Owner(2, "0a00000008")), "block 10.0.0.0/8 has two owners" },
        { "FT1", Hex(Told(p => p.Feed = "")), "the name of a feed has 1 to 100 characters, not 0" },
        { "FT1", Hex(Told(p => p.Digest = null)), "there is no digest" },
        { "FT1", Hex(Told(p => p.Digest.Hash = Bytes(31))), "a hash has 32 bytes, not 31" },
        { "FT1", Hex(Told(p => p.Digest.Count = uint.MaxValue)), "4294967295 items are more than 2147483647" },
        { "FT1", Hex(Told(p => p.Digest.Incarnation = -2)), "incarnation is -2, which is below -1" },
        { "FT1", Hex(Told(p => p.From = -1)), "from is -1, which is below 0" },
        { "FT1", Hex(Told(p => p.Number = 1)), "1 of 1 is no part" },
        { "FT1", Hex(Told(p => p.Count = 0)), "0 of 0 is no part" },
        { "WI2", Hex(new Wire.Witness { Host = Id }), "there is no part" },
        { "WQ1", Hex(new Wire.WitnessRequest { Part = uint.MaxValue }), "4294967295 is no part" },
        { "FQ1", Hex(new Wire.FeedRequest { Feed = new string('x', 101) }), "not 101" },
        { "FQ1", Hex(new Wire.FeedRequest { Feed = "x", Version = -1 }), "version is -1, which is below 0" },
        { "FD1", "", "a hash has 32 bytes, not 0" },
        { "FK1", "", "the name of a feed" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void What_no_version_of_ours_says_is_refused_with_what_is_wrong(string manifest, string hex, string why)
    {
        var e = Assert.Throws<SerializationException>(() => _serializer.FromBinary(Convert.FromHexString(hex), manifest));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("RH2")]
    [InlineData("System.Diagnostics.Process, System")]
    public void An_unknown_message_is_named(string? manifest)
    {
        var e = Assert.Throws<SerializationException>(() => _serializer.FromBinary([], manifest!));
        Assert.Equal($"'{manifest}' is no message that this version knows: the sender may be newer.", e.Message);
    }

    [Fact]
    public void What_a_newer_version_adds_is_passed_over()
    {
        byte[] bytes = [.. _serializer.ToBinary(new SurrenderRequest(MeshSamples.Network)), 0xFA, 0x01, 0x02, 0x68, 0x69]; // field 31: "hi"
        Assert.Equal(new SurrenderRequest(MeshSamples.Network), _serializer.FromBinary(bytes, "SR1"));
    }

    [Fact]
    public void Counts_and_lengths_that_promise_too_much_are_refused()
    {
        Refused("CB1", [0x2A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07]); // one held prefix of 2 GiB
        Refused("CU1", [.. Enumerable.Repeat<byte[]>([0x1A, 0x00], 1_000_000).SelectMany(network => network)]); // a million empty networks
        var e = Refused("CU1", new byte[MeshSerializer.MaxBytes + 1]);
        Assert.Contains("2097153 bytes are more than 2097152", e.Message, StringComparison.Ordinal);
        Refused("CU1", [.. Enumerable.Repeat<byte>(0x0B, 10_000)]); // groups in groups
    }

    [Fact]
    public void A_message_that_could_not_be_read_is_not_sent()
    {
        NotSent(new SurrenderRequest(default), "there is no network id");
        NotSent(new BlockGranted(MeshSamples.Network, default, 1), "there is no address");
        NotSent(new BlockGranted(MeshSamples.Network, MeshSamples.FullSpec.Subnets[0].Prefix, -1), "epoch is -1");
        NotSent(new CreateNetworkRequest(MeshSamples.At, MeshSamples.Network, MeshSamples.LeastSpec, default), "cannot be sent");
        NotSent(new NetworkGranted(MeshSamples.Network, MeshSamples.LeastSpec with { Mode = 0 }, MeshSamples.Time, 1), "0 is no IpvlanMode");
        var labels = ImmutableSortedDictionary<string, string>.Empty.Add("a", new string('x', MeshSerializer.MaxBytes));
        NotSent(new NetworkGranted(MeshSamples.Network, MeshSamples.LeastSpec with { Labels = labels }, MeshSamples.Time, 1), "are more than");
        Assert.Throws<SerializationException>(() => _serializer.Manifest("not of the mesh"));
        Assert.Throws<SerializationException>(() => _serializer.ToBinary("not of the mesh"));
    }

    [Fact]
    public void Cut_or_altered_bytes_are_a_message_or_a_clear_exception()
    {
        foreach (var message in MeshSamples.All)
        {
            var (manifest, bytes) = (_serializer.Manifest(message), _serializer.ToBinary(message));
            for (var length = 0; length < bytes.Length; length++)
                Try(manifest, bytes[..length]);
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                var altered = (byte[])bytes.Clone();
                altered[bit / 8] ^= (byte)(1 << (bit % 8));
                Try(manifest, altered);
            }
        }
    }

    [Fact]
    public void Random_bytes_are_a_message_or_a_clear_exception() =>
        Gen.Select(AnyManifest, Gen.Byte.Array[0, 200]).Sample(Try, iter: 20_000);

    [Fact]
    public void Spliced_bytes_are_a_message_or_a_clear_exception()
    {
        byte[][] all = [.. MeshSamples.All.Select(_serializer.ToBinary)];
        var any = Gen.Int[0, all.Length - 1].Select(n => all[n]);
        var piece = Gen.Select(any, Gen.Int[0, 300], Gen.Int[0, 300]).Select((b, from, to) =>
            b[Math.Min(Math.Min(from, to), b.Length)..Math.Min(Math.Max(from, to), b.Length)]);
        Gen.Select(AnyManifest, piece.Array[1, 4]).Sample((manifest, pieces) => Try(manifest, [.. pieces.SelectMany(p => p)]), iter: 20_000);
    }

    [Fact]
    public void Json_is_refused_in_both_directions()
    {
        var e = Assert.Throws<SerializationException>(() => Sys.Serialization.Deserialize("{}"u8.ToArray(), 1, typeof(NetworkRequest)));
        Assert.Contains("2 bytes of JSON refused", e.Message, StringComparison.Ordinal);
        var json = new RefusingSerializer((ExtendedActorSystem)Sys);
        Assert.Throws<SerializationException>(() => { json.ToBinary("text"); });
    }

    private static Gen<string> AnyManifest => Gen.Int[0, MeshSamples.Lines.Length - 1].Select(n => MeshSamples.Lines[n].Split(' ')[0]);

    /// <summary>What was read can be said again, and is then read as the same.</summary>
    private void Try(string manifest, byte[] bytes)
    {
        object message;
        try
        {
            message = _serializer.FromBinary(bytes, manifest);
        }
        catch (SerializationException e)
        {
            Assert.Contains($"of {bytes.Length} bytes cannot be read: ", e.Message, StringComparison.Ordinal);
            return;
        }

        var said = _serializer.ToBinary(message);
        Assert.Equal(said, _serializer.ToBinary(_serializer.FromBinary(said, _serializer.Manifest(message))));
    }

    private SerializationException Refused(string manifest, byte[] bytes) =>
        Assert.Throws<SerializationException>(() => _serializer.FromBinary(bytes, manifest));

    private void NotSent(object message, string why)
    {
        var e = Assert.Throws<SerializationException>(() => _serializer.ToBinary(message));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    private static string Hex(IMessage message) => Convert.ToHexStringLower(message.ToByteArray());

    private static ByteString Raw(string hex) => ByteString.CopyFrom(Convert.FromHexString(hex));

    private static ByteString Bytes(int length, byte value = 1) => ByteString.CopyFrom([.. Enumerable.Repeat(value, length)]);

    private static Wire.Stamp At() => new() { UnixMs = 1, Host = Id };

    private static Wire.FeedPart Told(Action<Wire.FeedPart> change)
    {
        var part = new Wire.FeedPart { Feed = "catalogue", Digest = new() { Hash = Bytes(32) }, Count = 1 };
        change(part);
        return part;
    }

    private static Wire.Pair Pair(string key) => new() { Key = key };

    private static Wire.BlockGranted Granted(string prefix, long epoch = 1) => new() { Network = Id, Block = Raw(prefix), Epoch = epoch };

    private static Wire.NetworkSpec Least() => new() { Name = "n", Mode = Wire.IpvlanMode.L2, Flag = Wire.IpvlanFlag.Bridge };

    private static string Spec(Action<Wire.NetworkSpec> change)
    {
        var spec = Least();
        change(spec);
        return Hex(new Wire.NetworkGranted { Network = Id, Spec = spec });
    }

    private static Wire.Owner Owner(byte host, params string[] prefixes) =>
        new() { Host = Bytes(16, host), Blocks = { prefixes.Select(p => new Wire.Block { Prefix = Raw(p) }) } };

    private static string Owners(params Wire.Owner[] owners) =>
        Hex(new Wire.CatalogueUpdate { Networks = { new Wire.Network { Id = Id, Spec = Least(), Owners = { owners } } } });
}
