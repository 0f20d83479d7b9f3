using CsCheck;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Ipam;
using Xunit;
using static IpvlanActors.Tests.Unit.Support.Domains;

namespace IpvlanActors.Tests.Unit.Ipam;

public class DefaultPoolsTests
{
    [Fact]
    public void Pools_are_docker_s_but_for_docker0_s_own()
    {
        var taken = new List<Prefix>();
        while (DefaultPools.FirstFree(taken) is { } pool)
            taken.Add(pool);
        Assert.Equal(
            [.. Enumerable.Range(18, 14).Select(n => $"172.{n}.0.0/16"), .. Enumerable.Range(0, 16).Select(n => $"192.168.{n * 16}.0/20")],
            taken.Select(p => p.ToString()));
    }

    [Theory]
    [InlineData("172.18.255.255/32", "172.19.0.0/16")]
    [InlineData("172.16.0.0/12", "192.168.0.0/20")]
    [InlineData("192.168.1.0/24", "172.18.0.0/16")]
    [InlineData("0.0.0.0/0", null)]
    [InlineData("::/0", "172.18.0.0/16")]
    public void What_overlaps_is_passed_over(string taken, string? free) => Assert.Equal(free, DefaultPools.FirstFree([P(taken)])?.ToString());

    [Fact]
    public void A_pool_overlaps_nothing_that_is_taken() => AnyPrefix.Array[0, 30].Sample(taken =>
        Assert.True(DefaultPools.FirstFree(taken) is not { } pool || !taken.Any(pool.Overlaps)));
}
