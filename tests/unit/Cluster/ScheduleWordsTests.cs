using IpvlanActors.Tests.Lab.Cluster;
using Xunit;

namespace IpvlanActors.Tests.Unit.Cluster;

/// <summary>A schedule in words: as it is printed it is read, and what is not one is refused before a cluster is made for it.</summary>
public class ScheduleWordsTests
{
    [Fact]
    public void Any_schedule_is_read_back_from_its_words()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var schedule = Schedule.Random(seed, hosts: 5, length: 60);
            Assert.Equal<Step>([.. schedule.Steps], [.. Schedule.Parse(5, schedule.ToString()).Steps]);
        }
    }

    [Fact]
    public void Chance_throws_every_step() =>
        Assert.Empty(Enum.GetValues<Act>().Except(Enumerable.Range(0, 200).SelectMany(seed => Schedule.Random(seed, 5, 60).Steps).Select(s => s.Act)));

    [Fact]
    public void What_every_run_does_has_every_step() => Assert.Empty(Enum.GetValues<Act>().Except(Schedule.Everything.Steps.Select(s => s.Act)));

    [Theory]
    [InlineData("Clone h1", "Step 'Clone h1': Clone needs two hosts, as in 'Clone h1 h2', and there is 1.")]
    [InlineData("Join h1; Forget", "Step 'Forget': Forget needs two hosts, as in 'Forget h1 h2', and there are 0.")]
    [InlineData("Part h2 h2", "Step 'Part h2 h2': its two hosts are one.")]
    [InlineData("Join", "Step 'Join': Join needs one host, as in 'Join h1', and there are 0.")]
    [InlineData("Join h1 h2", "Step 'Join h1 h2': Join needs one host, as in 'Join h1', and there are 2.")]
    [InlineData("Join h4", "Step 'Join h4': 'h4' is no host; there are h1 to h3.")]
    [InlineData("Join h0", "Step 'Join h0': 'h0' is no host; there are h1 to h3.")]
    [InlineData("Join h1 9 9", "Step 'Join h1 9 9': after the hosts comes one number at most, not '9 9'.")]
    [InlineData("Join h1 -9", "Step 'Join h1 -9': after the hosts comes one number at most, not '-9'.")]
    [InlineData("Jion h1", "Step 'Jion h1': 'Jion' is no step; there are Create, RemoveNetwork,")]
    [InlineData("7 h1", "Step '7 h1': '7' is no step; there are")]
    public void What_is_no_step_is_refused_and_told_what_it_lacks(string words, string why) =>
        Assert.StartsWith(why, Assert.Throws<FormatException>(() => Schedule.Parse(3, words)).Message, StringComparison.Ordinal);
}
