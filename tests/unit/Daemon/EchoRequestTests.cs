using IpvlanActors.Daemon.Probe;
using Xunit;

namespace IpvlanActors.Tests.Unit.Daemon;

public class EchoRequestTests
{
    [Theory]
    [InlineData(false, 1500, 1480)]
    [InlineData(true, 1500, 1460)]
    [InlineData(false, 20, 8)]
    [InlineData(false, 1501, 1481)]
    public void A_request_is_as_large_as_the_packet_is_to_be(bool isV6, int size, int length) =>
        Assert.Equal(length, EchoRequest.Packet(isV6, 7, 1, size).Length);

    /// <summary>Whoever sums up the words of a right one, its checksum among them, has nothing left.</summary>
    [Theory]
    [InlineData(84)]
    [InlineData(1500)]
    [InlineData(65535)]
    public void The_checksum_of_a_request_is_right(int size) =>
        Assert.Equal(0, EchoRequest.Checksum(EchoRequest.Packet(isV6: false, 0xfffe, 0xff01, size)));

    [Fact]
    public void The_checksum_is_that_of_RFC_1071() =>
        Assert.Equal(unchecked((ushort)~0xddf2), EchoRequest.Checksum([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]));

    [Theory]
    [InlineData("4500001c000000004001000001010101010101010000ffff00070003", false, true)]
    [InlineData("4600002000000000400100000101010101010101010101010000ffff00070003", false, true)]
    [InlineData("8100ffff00070003", true, true)]
    [InlineData("4500001c000000004001000001010101010101010800ffff00070003", false, false)]
    [InlineData("4500001c000000004001000001010101010101010000ffff00080003", false, false)]
    [InlineData("4500001c0000000040010000010101010101010100", false, false)]
    [InlineData("", false, false)]
    [InlineData("81", true, false)]
    public void An_answer_is_known_by_its_number(string packet, bool isV6, bool isOurs)
    {
        Assert.Equal(isOurs, EchoRequest.IsAnswer(Convert.FromHexString(packet), isV6, 7, out var sequence));
        if (isOurs)
            Assert.Equal(3, sequence);
    }
}
