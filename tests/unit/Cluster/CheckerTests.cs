using IpvlanActors.Domain.Addressing;
using IpvlanActors.Tests.Lab.Cluster.Checking;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Cluster;

/// <summary>The judge of the whole-system test, itself on trial: it finds each kind of violation, and none in a sound run.</summary>
public class CheckerTests
{
    private const string Block1 = "10.9.0.0/26";
    private const string Block2 = "10.9.0.64/26";

    private static readonly HostId HostC = Host('c');

    [Fact]
    public void A_sound_run_has_no_violation() => Assert.Empty(Checker.Check(Sound()));

    [Fact]
    public void I1_an_address_that_joined_on_a_second_host_before_it_had_left_the_first_is_found() =>
        Finds("I1", Sound(two: h2 => h2.Joined(20, "10.9.0.2", 7)), "10.9.0.2", "h1", "h2");

    [Fact]
    public void I1_an_address_that_moved_is_none() =>
        Assert.DoesNotContain(Checker.Check(Sound(h1 => h1.Removed(19, "10.9.0.2", 1), h2 => h2.Joined(20, "10.9.0.2", 7))), v => v.Invariant == "I1");

    [Fact]
    public void I1_an_address_of_a_host_without_power_is_active_nowhere() =>
        Assert.DoesNotContain(Checker.Check(Sound(h1 => h1.PowerCut(19), h2 => h2.Joined(20, "10.9.0.2", 7))), v => v.Invariant == "I1");

    [Fact]
    public void I1_an_address_in_two_kernels_is_found_though_no_journal_knows_of_it() =>
        Finds("I1", With(Look("h1", containers: "10.9.0.99"), Look("h2", containers: "10.9.0.99")), "10.9.0.99", "h1", "h2");

    [Fact]
    public void I1_what_a_copied_disk_tells_of_its_first_machine_is_none()
    {
        var (h1, h2, h3) = Hosts();
        var copy = new Story("h4", HostB, "10.0.0.4").CopyOf(h2);
        Assert.Empty(Checker.Check(new([h1, h2, h3, copy.Told()], [])));
        Finds("I1", new([h1, h2, h3, copy.Joined(20, "10.9.0.66", 2).Told()], []), "10.9.0.66", "h2", "h4");
    }

    [Fact]
    public void I2_one_claim_with_two_owners_is_found() =>
        Finds("I2", Sound(h1 => h1.Released(10, Block2, 2).Claimed(11, Block2, HostC, 2)), Block2, "epoch 2", "h2 and h3");

    [Fact]
    public void I2_a_block_with_two_owners_at_once_is_found() =>
        Finds("I2", Sound(h1 => h1.Claimed(11, "10.9.0.64/27", HostC, 3)), "10.9.0.64/27", "h3", "while h2");

    [Fact]
    public void I2_a_claim_that_two_hosts_received_is_found() =>
        Finds("I2", Sound(two: h2 => h2.Received(11, Block1, 1)), Block1, "received by h1 and h2");

    [Fact]
    public void I2_an_address_given_out_of_a_block_that_is_anothers_is_found() =>
        Finds("I2", Sound(two: h2 => h2.Joined(20, "10.9.0.3", 7)), "h2 gave out 10.9.0.3", "h1");

    [Fact]
    public void I2_an_address_given_out_of_a_block_that_was_taken_by_force_is_found() =>
        Finds("I2", Sound(h1 => h1.Fenced(10, Block2, HostB, 3), h2 => h2.Joined(20, "10.9.0.67", 7)), "h2 gave out 10.9.0.67", "nobody");

    [Fact]
    public void A_lent_address_is_its_borrowers_and_the_lender_has_a_route_to_it()
    {
        const string One = "10.9.0.9/32";
        var lent = Sound(h1 => h1.Lent(10, "10.9.0.9", HostA, HostB, 3), h2 => h2.Received(11, One, 3).Joined(12, "10.9.0.9", 7));
        var rest = AtRest(Look("h1", $"{Block2} 10.0.0.2;{One} 10.0.0.2"), Look("h2", $"{Block1} 10.0.0.1"), Look("h3", $"{Block1} 10.0.0.1;{Block2} 10.0.0.2;{One} 10.0.0.2"));
        Assert.Empty(Checker.Check(lent with { Rounds = [rest] }));
    }

    [Fact]
    public void I2_a_block_held_at_rest_against_the_registrys_word_is_found() =>
        Finds("I2", Sound(h1 => h1.Released(30, Block2, 2)) with { Rounds = [AtRest(Look("h2"))] }, "h2 holds", Block2, "nobody");

    [Fact]
    public void I3_a_route_to_a_host_that_never_owned_the_prefix_is_found() =>
        Finds("I3", With(Look("h3", $"{Block1} 10.0.0.2")), Block1, "h2 has never owned");

    [Fact]
    public void I3_a_route_to_nobody_is_found() => Finds("I3", With(Look("h3", $"{Block1} 10.0.0.99")), "10.0.0.99", "no host");

    [Fact]
    public void I3_a_route_of_an_older_claim_after_a_newer_one_is_found()
    {
        var moved = Sound(h1 => h1.Released(30, Block2, 2).Claimed(31, Block2, HostC, 3));
        Finds("I3", moved with { Rounds = [Round(40, Look("h1", $"{Block2} 10.0.0.3")), Round(50, Look("h1", $"{Block2} 10.0.0.2"))] }, "epoch 2", "epoch 3");
    }

    [Fact]
    public void I3_a_route_to_an_earlier_owner_at_rest_is_found()
    {
        var moved = Sound(h1 => h1.Released(30, Block2, 2).Claimed(31, Block2, HostC, 3));
        Finds("I3", moved with { Rounds = [Round(40, Look("h1", $"{Block2} 10.0.0.2")) with { Settled = true }] }, "h3's block");
    }

    [Fact]
    public void I4_a_route_for_a_hosts_own_block_is_found() => Finds("I4", With(Look("h1", $"{Block1} 10.0.0.2")), "its own block");

    [Fact]
    public void I5_a_route_to_a_block_that_nobody_is_reached_by_any_more_is_found()
    {
        var gone = Sound(h1 => h1.Released(30, Block2, 2), h2 => h2.Removed(28, "10.9.0.66", 2).Surrendered(29, Block2, 2));
        Finds("I5", gone with { Rounds = [AtRest(Look("h1", $"{Block2} 10.0.0.2"), Look("h2", $"{Block1} 10.0.0.1"), Look("h3", $"{Block1} 10.0.0.1"))] }, "nobody");
    }

    [Fact]
    public void I6_a_foreign_route_that_went_and_one_that_came_are_found()
    {
        Finds("I6", With(Look("h1") with { ForeignBefore = ["192.0.2.0/24 via 10.0.0.7"] }), "gone: 192.0.2.0/24");
        Finds("I6", With(Look("h1") with { Foreign = ["eth9: dummy"] }), "new: eth9");
    }

    [Fact]
    public void I7_a_lost_ping_is_found() =>
        Finds("I7", Sound() with { Restarts = [new("h2", Noon.AddSeconds(20), Noon.AddSeconds(27), "ping from 10.9.0.2 to 10.9.0.66", [4, 5], [])] }, "2 packets", "4, 5");

    [Fact]
    public void I7_a_right_route_that_was_away_during_a_restart_is_found()
    {
        var flap = Sound() with
        {
            Restarts = [new("h1", Noon.AddSeconds(30), Noon.AddSeconds(37), "", [], ["h2"])],
            Rounds = [Round(20, Look("h1", $"{Block2} 10.0.0.2"))],
            KernelLog = [new("h1", Noon.AddSeconds(33), $"Deleted {Block2} via 10.0.0.2 dev eth0 proto 213 metric 4213")],
        };
        Finds("I7", flap, "took away", Block2);
    }

    [Fact]
    public void I8_a_missing_route_at_rest_is_found() =>
        Finds("I8", Sound() with { Rounds = [AtRest(Look("h1"), Look("h2", $"{Block1} 10.0.0.1"))] }, "h1 has no route", Block2);

    [Fact]
    public void I8_a_write_while_nothing_changes_is_found()
    {
        var quiet = Sound() with { QuietTimes = [new(Noon.AddSeconds(60), Noon.AddSeconds(70))] };
        Finds("I8", quiet with { KernelLog = [new("h2", Noon.AddSeconds(65), $"{Block1} via 10.0.0.1 dev eth0 proto 213 metric 4213")] }, "h2 wrote");
        Assert.Empty(Checker.Check(quiet with { KernelLog = [new("h2", Noon.AddSeconds(65), "192.0.2.0/24 via 10.0.0.7 dev eth0 proto static")] }));
    }

    [Fact]
    public void I9_something_bogus_that_is_journaled_or_changes_the_kernel_or_is_told_nowhere_is_found()
    {
        var refused = new Provocation("h1", "a join at 300.1.2.3", (9, 9), ("a", "a"), "address-invalid");
        Assert.Empty(Checker.Check(Sound() with { Provocations = [refused] }));
        Finds("I9", Sound() with { Provocations = [refused with { Events = (9, 10) }] }, "journaled");
        Finds("I9", Sound() with { Provocations = [refused with { Kernel = ("a", "b") }] }, "changed the kernel");
        Finds("I9", Sound() with { Provocations = [refused with { Told = "" }] }, "told nowhere");
    }

    [Fact]
    public void I10_a_misfit_that_takes_part_or_says_nothing_is_found()
    {
        Finds("I10", Sound() with { Mismatches = [new("h4", "another protocol", Works: true, "hello")] }, "takes part");
        Finds("I10", Sound() with { Mismatches = [new("h4", "another protocol", Works: false, "")] }, "said nothing");
    }

    [Fact]
    public void An_acknowledged_join_that_no_journal_knows_is_found()
    {
        var promise = new Acknowledgement("h1", Noon, Promise.EndpointJoined, Endpoint(1).Value);
        Assert.Empty(Checker.Check(Sound() with { Acknowledged = [promise] }));
        Finds("acknowledged", Sound() with { Acknowledged = [promise with { Id = Endpoint(99).Value }] }, "no journal");
        Finds("acknowledged", Sound() with { Acknowledged = [promise with { What = Promise.EndpointRemoved }] }, "no journal");
    }

    /// <summary>h1 has the registry and one endpoint, h2 another, h3 none; looked at once at rest.</summary>
    private static Evidence Sound(Func<Story, Story>? one = null, Func<Story, Story>? two = null)
    {
        var (h1, h2, h3) = Hosts(one, two);
        var rest = AtRest(
            Look("h1", $"{Block2} 10.0.0.2", "10.9.0.2"), Look("h2", $"{Block1} 10.0.0.1", "10.9.0.66"), Look("h3", $"{Block1} 10.0.0.1;{Block2} 10.0.0.2"));
        return new([h1, h2, h3], one is null && two is null ? [rest] : []);
    }

    private static (HostStory, HostStory, HostStory) Hosts(Func<Story, Story>? one = null, Func<Story, Story>? two = null)
    {
        var h1 = new Story("h1", HostA, "10.0.0.1").Born().Created().Claimed(1, Block1, HostA, 1).Received(1, Block1, 1).Joined(2, "10.9.0.2", 1).Claimed(3, Block2, HostB, 2);
        var h2 = new Story("h2", HostB, "10.0.0.2").Born().Received(3, Block2, 2).Joined(4, "10.9.0.66", 2);
        var h3 = new Story("h3", HostC, "10.0.0.3").Born();
        return ((one?.Invoke(h1) ?? h1).Told(), (two?.Invoke(h2) ?? h2).Told(), h3.Told());
    }

    private static Evidence With(params HostLook[] looks) => Sound() with { Rounds = [Round(20, looks)] };

    private static Round Round(double at, params HostLook[] looks) => new(Noon.AddSeconds(at), Noon.AddSeconds(at + 1), Settled: false, [.. looks]);

    private static Round AtRest(params HostLook[] looks) => Round(50, looks) with { Settled = true };

    private static HostLook Look(string host, string routes = "", string containers = "") => new(
        host,
        [.. routes.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(r => r.Split(' ')).Select(r => new SeenRoute(P(r[0]), I(r[1]), "eth0"))],
        [.. containers.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(c => new SeenAddress(I(c), $"c-{host}", "ipvland:9:1"))],
        [],
        []);

    private static void Finds(string invariant, Evidence evidence, params string[] words)
    {
        var found = Checker.Check(evidence);
        Assert.True(
            found.Any(v => v.Invariant == invariant && words.All(w => v.Evidence.Contains(w, StringComparison.Ordinal))),
            $"No {invariant} with {string.Join(", ", words)} among:\n{string.Join("\n", found)}");
    }
}
