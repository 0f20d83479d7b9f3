using CsCheck;
using Xunit;

namespace IpvlanActors.Tests.Unit.Deciding;

/// <summary>Whatever is lost, late or said twice: no address is in two hosts' power, and no epoch names two claims.</summary>
public class OwnershipPropertyTests
{
    private static readonly Gen<(int What, int Arg)[]> Steps = Gen.Select(Gen.Int[0, 99], Gen.Int[0, 9999]).Array[1, 400];

    [Fact]
    public void No_two_hosts_can_give_out_one_address_and_all_agree_in_the_end() => Steps.Sample(
        steps =>
        {
            var world = new OwnershipWorld();
            foreach (var (what, arg) in steps)
                world.Step(what, arg);
            world.Settle();
        },
        iter: 300);

    /// <summary>A world in which nothing happens proves nothing.</summary>
    [Fact]
    public void In_those_worlds_blocks_are_granted_lent_and_fenced()
    {
        var (grants, loans, fences) = (0, 0, 0);
        Steps.Sample(
            steps =>
            {
                var world = new OwnershipWorld();
                foreach (var (what, arg) in steps)
                    world.Step(what, arg);
                (grants, loans, fences) = (grants + world.Grants, loans + world.Loans, fences + world.Fences);
            },
            iter: 100, threads: 1);
        Assert.True(grants > 300 && loans > 5 && fences > 5, $"{grants} grants, {loans} loans, {fences} fences");
    }
}
