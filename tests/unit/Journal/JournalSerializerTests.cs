using Akka.Serialization;
using Akka.TestKit.Xunit2;
using CsCheck;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Endpoints;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Journal;
using Xunit;
using Schema = IpvlanActors.Journal.Schema;

namespace IpvlanActors.Tests.Unit.Journal;

public class JournalSerializerTests() : TestKit(JournalSerializer.Config)
{
    public static TheoryData<int> Samples => [.. Enumerable.Range(0, EventSamples.All.Length)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_event_comes_back_equal(int sample)
    {
        var @event = EventSamples.All[sample];
        var serializer = (SerializerWithStringManifest)Sys.Serialization.FindSerializerFor(@event);
        Assert.Equal(7201, serializer.Identifier);
        Assert.IsType<JournalSerializer>(serializer);
        Assert.Equal(@event, Sys.Serialization.Deserialize(serializer.ToBinary(@event), 7201, serializer.Manifest(@event)));
    }

    /// <summary>Bytes and names written by an earlier version. Lines are added, never changed.</summary>
    [Theory]
    [MemberData(nameof(Samples))]
    public void What_an_earlier_version_wrote_is_still_read_and_still_written(int sample)
    {
        var @event = EventSamples.All[sample];
        var today = $"{JournalEvents.Manifest(@event)} {Convert.ToHexStringLower(JournalEvents.Write(@event))}";
        Assert.True(sample < EventSamples.Lines.Length, $"no line for:\n{today}");
        var line = EventSamples.Lines[sample].Split(' ');
        Assert.Equal(@event, JournalEvents.Read(line[0], Convert.FromHexString(line[1])));
        Assert.Equal(EventSamples.Lines[sample], today);
    }

    /// <summary>C# 14 cannot tell that a closed family is covered, so this does: a new case without a sample is red.</summary>
    [Fact]
    public void Every_case_of_every_event_family_has_a_sample_and_a_name()
    {
        var families = typeof(RegistryEvent).Assembly.GetTypes()
            .Where(t => t.IsAbstract && t.Name.EndsWith("Event", StringComparison.Ordinal) && t.GetProperty("Stamp") is not null).ToList();
        Assert.Equal(families.OrderBy(t => t.Name), JournalSerializer.EventTypes.OrderBy(t => t.Name));

        var cases = families.SelectMany(f => f.Assembly.GetTypes().Where(t => t.BaseType == f)).ToList();
        Assert.All(cases, c => Assert.True(c.IsSealed));
        Assert.Empty(cases.Except(EventSamples.All.Select(e => e.GetType())));
        Assert.Empty(cases.Select(c => c.Name).Except(JournalEvents.Manifests));
        Assert.Equal(EventSamples.All.Length, EventSamples.Lines.Length);
    }

    [Fact]
    public void The_same_network_gives_the_same_bytes_in_whatever_order_it_was_typed()
    {
        var other = EventSamples.FullSpec with
        {
            Options = EventSamples.FullSpec.Options.Clear().WithComparers(Comparer<string>.Create((a, b) => string.CompareOrdinal(b, a)))
                .AddRange(EventSamples.FullSpec.Options),
        };
        Assert.Equal(
            JournalEvents.Write(new NetworkCreated(EventSamples.At, EventSamples.Network, EventSamples.FullSpec)),
            JournalEvents.Write(new NetworkCreated(EventSamples.At, EventSamples.Network, other)));
    }

    [Fact]
    public void Numbers_of_stored_enums_are_those_of_the_domain()
    {
        Same<IpvlanMode, Schema.IpvlanMode>();
        Same<IpvlanFlag, Schema.IpvlanFlag>();
        Same<ParentKind, Schema.ParentKind>();
        Same<AddressKind, Schema.AddressKind>();
        Same<LeaveReason, Schema.LeaveReason>();
    }

    [Fact]
    public void An_unknown_event_is_named()
    {
        var e = Assert.Throws<UnreadableEventException>(() => JournalEvents.Read("AddressSold", []));
        Assert.Equal("The event 'AddressSold' cannot be read: this version knows no such event.", e.Message);
    }

    [Theory]
    [InlineData("HostBorn", "", "it has no stamp")]
    [InlineData("HostBorn", "0a021200", "a host id has 16 bytes, not 0")]
    [InlineData("HostBorn", "0a", "ended unexpectedly")]
    public void Damaged_bytes_are_told_with_what_is_wrong(string manifest, string hex, string why)
    {
        var e = Assert.Throws<UnreadableEventException>(() => JournalEvents.Read(manifest, Convert.FromHexString(hex)));
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.Contains($"'{manifest}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_enum_number_of_a_newer_version_is_not_taken_for_another()
    {
        var bytes = JournalEvents.Write(new EndpointLeft(EventSamples.At, LeaveReason.SandboxGone));
        bytes[^1] = 9;
        var e = Assert.Throws<UnreadableEventException>(() => JournalEvents.Read("EndpointLeft", bytes));
        Assert.Contains("9 is no LeaveReason that this version knows", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_that_could_not_be_read_again_is_not_written()
    {
        Assert.Throws<UnreadableEventException>(() => JournalEvents.Write(new EndpointLeft(EventSamples.At, 0)));
        Assert.Throws<UnreadableEventException>(() => JournalEvents.Write(
            new EndpointJoined(EventSamples.At, new("/run/netns/x", 1, "boot"), default(LinkName))));
        Assert.Throws<ArgumentException>(() => JournalEvents.Write("not an event"));
    }

    [Fact]
    public void Cut_or_altered_bytes_are_an_event_or_a_clear_exception_and_nothing_else()
    {
        foreach (var @event in EventSamples.All)
        {
            var bytes = JournalEvents.Write(@event);
            for (var length = 0; length < bytes.Length; length++)
                Try(JournalEvents.Manifest(@event), bytes[..length]);
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                var altered = (byte[])bytes.Clone();
                altered[bit / 8] ^= (byte)(1 << (bit % 8));
                Try(JournalEvents.Manifest(@event), altered);
            }
        }
    }

    [Fact]
    public void Random_bytes_are_an_event_or_a_clear_exception_and_nothing_else() =>
        Gen.Select(Gen.Int[0, JournalEvents.Manifests.Length - 1], Gen.Byte.Array[0, 200]).Sample((manifest, bytes) => Try(JournalEvents.Manifests[manifest], bytes), iter: 20_000);

    private static void Try(string manifest, byte[] bytes)
    {
        try
        {
            Assert.NotNull(JournalEvents.Read(manifest, bytes));
        }
        catch (UnreadableEventException e)
        {
            Assert.Equal(manifest, e.Manifest);
        }
    }

    private static void Same<TDomain, TStored>()
        where TDomain : struct, Enum
        where TStored : struct, Enum
    {
        var stored = Enum.GetValues<TStored>().ToDictionary(v => v.ToString(), v => Convert.ToInt32(v, null));
        Assert.Equal(0, stored["Unspecified"]);
        stored.Remove("Unspecified");
        Assert.Equal(Enum.GetValues<TDomain>().ToDictionary(v => v.ToString(), v => Convert.ToInt32(v, null)).OrderBy(v => v.Value), stored.OrderBy(v => v.Value));
    }
}
