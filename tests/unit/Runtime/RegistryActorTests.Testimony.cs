using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime.Mesh;
using Xunit;

namespace IpvlanActors.Tests.Unit.Runtime;

/// <summary>What a host has seen is long, and comes in parts, which may be lost, said twice, or begun anew.</summary>
public sealed partial class RegistryActorTests
{
    private const int Blocks = 3_000;

    [Fact]
    public async Task A_long_testimony_is_taken_over_part_by_part_whatever_happens_to_the_parts()
    {
        var (one, two) = (CreateTestProbe(), CreateTestProbe());
        await Ask(new RegisterHostRequest(At(Two), "h2"));
        (_hosts.Known[One], _hosts.Known[Two]) = (one, two);
        var parts = Testifying.Split(Two, Seen(version: 5_000));
        Assert.True(parts.Length > 3);
        Assert.All(parts, p => Assert.True(p.Part.Changes.Sum(c => c.Bytes) < 64_000));

        Refused("grants nothing", await Ask(new RegisterHostRequest(At(Two), "h2", 1, Seen: 5_000)));
        await Wanted(0);
        two.Reply(Testifying.Split(Two, Seen(version: 4_999))[0]); // of an earlier moment
        await Wanted(1);
        two.Reply(parts[1]);
        await Wanted(0);
        for (var n = 0; n < parts.Length; n++)
        {
            two.Reply(parts[n]);
            two.Reply(parts[n]);
            if (n == 1)
            {
                await Wanted(2); // lost; the next registration asks again
                Refused("grants nothing", await Ask(new RegisterHostRequest(At(Two), "h2", 1, Seen: 5_000)));
            }

            if (n < parts.Length - 1)
                await Wanted(n + 1);
        }

        Refused("grants nothing", await Ask(new RegisterHostRequest(At(One), "h1", 1)));
        await one.ExpectMsgAsync<WitnessRequest>(Patience);
        one.Reply(Testifying.Split(One, Domain.Networks.Catalogue.Empty).Single());
        await Eventually.True(async () => await Ask(new RegisterHostRequest(At(Two), "h2", 1, Seen: 5_000)) is HostKnown, "the registry grants again");
        Assert.Equal(Blocks, Assert.Single((await Catalogue()).Networks).Value.Blocks.Count);

        async Task Wanted(int part) => Assert.Equal(part, (await two.ExpectMsgAsync<WitnessRequest>(Patience)).Part);
    }

    private static Catalogue Seen(long version)
    {
        var subnet = Prefix.Parse("10.64.0.0/10");
        var blocks = Enumerable.Range(0, Blocks).ToPrefixMap(n => subnet.Nth(26, (ulong)n), n => new BlockOwner(Two, n + 1));
        return Domain.Networks.Catalogue.Empty with
        {
            Version = version,
            Hosts = Domain.Networks.Catalogue.Empty.Hosts.Add(Two, new("h2", 1)),
            Networks = Domain.Networks.Catalogue.Empty.Networks.Add(Id('a'), new(Creation(Id('a'), "web", "10.64.0.0/10").Spec, DateTimeOffset.UnixEpoch, blocks, Blocks)),
        };
    }
}
