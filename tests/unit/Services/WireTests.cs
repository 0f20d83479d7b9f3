using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using CsCheck;
using Google.Protobuf;
using IpvlanActors.Client;
using IpvlanActors.Client.Messages;
using IpvlanActors.Journal;
using IpvlanActors.Runtime.Clients;
using Xunit;
using Wire = IpvlanActors.Client.Wire;

namespace IpvlanActors.Tests.Unit.Services;

/// <summary>Services and nodes of different versions understand each other, for years.</summary>
public sealed class WireTests() : TestKit(Quiet.WithFallback(IpvlanClient.Config))
{
    private static readonly string[] Manifests = ["Q1", "A1", "Q2", ""];

    private static readonly Config Quiet = ConfigurationFactory.ParseString("akka.loglevel = OFF");

    public static TheoryData<int> Lines => [.. Enumerable.Range(0, WireSamples.All.Length)];

    /// <summary>Bytes of an earlier version. Lines are added, never changed.</summary>
    [Theory]
    [MemberData(nameof(Lines))]
    public void What_an_earlier_version_said_is_still_understood_and_still_said(int sample)
    {
        var message = WireSamples.All[sample];
        var serializer = Serializer();
        var today = $"{serializer.Manifest(message)} {Convert.ToHexStringLower(serializer.ToBinary(message))}";
        Assert.True(sample < WireSamples.Lines.Length, $"no line for:\n{today}");
        var line = WireSamples.Lines[sample].Split(' ');
        Assert.Equal(message, serializer.FromBinary(Convert.FromHexString(line[1]), line[0]));
        Assert.Equal(WireSamples.Lines[sample], today);
    }

    [Fact]
    public void Every_question_and_every_answer_has_a_sample()
    {
        Assert.Equal(
            Enum.GetValues<Wire.Request.AskOneofCase>().Where(c => c != 0), WireSamples.All.OfType<Wire.Request>().Select(r => r.AskCase).Distinct().Order());
        Assert.Equal(
            Enum.GetValues<Wire.Reply.AnswerOneofCase>().Where(c => c != 0), WireSamples.All.OfType<Wire.Reply>().Select(r => r.AnswerCase).Distinct().Order());
        Assert.Equal(
            Enum.GetValues<Wire.Item.ValueOneofCase>(),
            WireSamples.All.OfType<Wire.Reply>().SelectMany(r => r.News?.State ?? []).Select(i => i.ValueCase).Distinct().Order());
        Assert.Equal(WireSamples.All.Length, WireSamples.Lines.Length);
    }

    [Fact]
    public void They_go_by_this_serializer_and_no_other()
    {
        Assert.All(WireSamples.All, m => Assert.Equal(ClientSerializer.Id, Sys.Serialization.FindSerializerFor(m).Identifier));
        Assert.Equal(4, new HashSet<int> { ClientSerializer.Id, 7202, JournalSerializer.Id, SnapshotSerializer.Id }.Count);
        Assert.Throws<SerializationException>(() => Serializer().Manifest("text"));
        Assert.Throws<SerializationException>(() => { Serializer().ToBinary(new Wire.Request { Host = new('h', 64_001) }); });
    }

    /// <summary>Of a version to come: fields 90 to 92 in every message, a question, an answer and a kind that nobody knows yet.</summary>
    [Fact]
    public void What_a_newer_version_adds_is_left_out_by_an_older_one()
    {
        foreach (var message in WireSamples.All)
            Assert.Equal(message, Serializer().FromBinary([.. Future, .. ((IMessage)message).ToByteArray(), .. Future], Serializer().Manifest(message)));

        var question = Assert.IsType<Wire.Request>(Serializer().FromBinary([.. Field(50, Future)], "Q1"));
        Assert.Equal(Wire.Request.AskOneofCase.None, question.AskCase);
        var answer = Assert.IsType<Wire.Reply>(Serializer().FromBinary([.. Field(50, Future)], "A1"));
        Assert.Equal(Wire.Reply.AnswerOneofCase.None, answer.AnswerCase);

        byte[] thing = [.. new Wire.Item { Kind = 7, Key = "k" }.ToByteArray(), .. Field(17, Future)];
        byte[] news = [.. Field(4, thing), .. Field(4, new Wire.Item { Kind = 2, Key = "gone" }.ToByteArray())];
        var told = Assert.IsType<Wire.Reply>(Serializer().FromBinary([.. Field(16, news)], "A1"));
        Assert.Equal(new StateChange(ItemKind.Host, "gone", null), Assert.Single(FromWire.News(told.News, new()).State));
    }

    [Fact]
    public void What_an_older_version_does_not_say_is_as_if_it_was_not_there()
    {
        var news = FromWire.News(new(), new() { Events = "7", State = "m" });
        Assert.Equal(("7", "m", "", false), (news.Next.Events, news.Next.State, news.Host, news.More));
        Assert.Equal(new() { Key = "k" }, FromWire.Endpoint(new(), "k") with { Addresses = new EndpointInfo().Addresses, Routes = new EndpointInfo().Routes, Created = default });
        Assert.Equal("not-ready", Assert.Single(FromWire.Reasons(new())).Code);
        Assert.Equal("eth0", Assert.IsType<IpvlanActors.Runtime.JoinEndpointCommand>(ClientCommands.Of(new Wire.Request { JoinEndpoint = new() })).Interface);
    }

    [Fact]
    public void Other_bytes_are_said_to_be_unreadable()
    {
        Assert.Contains("cannot be read", Unreadable("Q1", 0xFF), StringComparison.Ordinal);
        Assert.Contains("'Q2' is not known here", Unreadable("Q2"), StringComparison.Ordinal);
        Assert.Contains("is larger than", Unreadable("A1", new byte[70_000]), StringComparison.Ordinal);
    }

    /// <summary>Whatever comes, the reader comes to an end, and what it read can be translated in both directions.</summary>
    [Fact]
    public void Cut_altered_and_random_bytes_are_a_message_or_unreadable()
    {
        foreach (var message in WireSamples.All)
        {
            var (manifest, bytes) = (Serializer().Manifest(message), Serializer().ToBinary(message));
            for (var length = 0; length < bytes.Length; length++)
                Try(manifest, bytes[..length]);
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                var altered = (byte[])bytes.Clone();
                altered[bit / 8] ^= (byte)(1 << (bit % 8));
                Try(manifest, altered);
            }
        }

        Gen.Select(Gen.Int[0, 3].Select(n => Manifests[n]), Gen.Byte.Array[0, 200]).Sample(Try, iter: 20_000);
    }

    private void Try(string manifest, byte[] bytes)
    {
        switch (Serializer().FromBinary(bytes, manifest))
        {
            case Wire.Request { AskCase: Wire.Request.AskOneofCase.Follow } request:
                Assert.InRange(ClientCommands.Of(request.Follow).Limit, 1, 100);
                break;
            case Wire.Request request:
                _ = ClientCommands.Of(request);
                break;
            case Wire.Reply reply:
                _ = reply.News is null ? null : FromWire.News(reply.News, new());
                _ = reply.Network is null ? null : FromWire.Detail(reply.Network);
                _ = reply.Page?.Items.Select(FromWire.Item).ToList();
                break;
            case Unreadable unreadable:
                Assert.NotEmpty(unreadable.Why);
                break;
            case var other:
                Assert.Fail($"{other}");
                break;
        }
    }

    private static byte[] Future =>
        [.. Field(90, "new"u8.ToArray()), 0xD8, 0x05, 0x96, 0x01, .. Field(92, [1, 2, 3])]; // 91 is a varint

    private static byte[] Field(int number, byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(bytes));
        }

        return stream.ToArray();
    }

    private string Unreadable(string manifest, params byte[] bytes) => Assert.IsType<Unreadable>(Serializer().FromBinary(bytes, manifest)).Why;

    private ClientSerializer Serializer() => new((ExtendedActorSystem)Sys);
}
