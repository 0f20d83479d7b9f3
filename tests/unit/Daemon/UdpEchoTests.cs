using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using CsCheck;
using IpvlanActors.Daemon.Probe;
using IpvlanActors.Domain.Addressing;
using Xunit;

namespace IpvlanActors.Tests.Unit.Daemon;

/// <summary>Two hosts, 127.0.0.1 and 127.0.0.2, on one port, as on two machines.</summary>
public sealed class UdpEchoTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly int _port = FreePort();
    private readonly BlockingCollection<ulong> _answers = [];
    private readonly UdpEcho _here;
    private readonly UdpEcho _there;

    public UdpEchoTests()
    {
        _here = new((IPAddress.Parse("127.0.0.1"), null), _port, _answers.Add);
        _there = new((IPAddress.Parse("127.0.0.2"), null), _port, _ => throw new InvalidOperationException("it asked nothing"));
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _answers.Dispose();
    }

    [Fact]
    public void A_question_comes_back_with_its_number()
    {
        foreach (var number in new[] { 0UL, 0x0123456789abcdefUL, ulong.MaxValue })
        {
            _here.Ask(Ip.Parse("127.0.0.2"), 0, number);
            Assert.Equal(number, Answer());
        }
    }

    [Fact]
    public void What_nobody_answers_and_what_cannot_be_sent_is_lost_without_a_word()
    {
        _here.Ask(Ip.Parse("127.0.0.3"), 0, 1);
        _here.Ask(Ip.Parse("fe80::1"), 9999, 2);
        _here.Ask(Ip.Parse("255.255.255.255"), 0, 3);
        _here.Ask(Ip.Parse("127.0.0.2"), 0, 4);
        Assert.Equal(4UL, Answer());
    }

    [Fact]
    public void Nobody_but_another_probe_is_answered()
    {
        using var stranger = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var question = new byte[EchoPacket.Length];
        EchoPacket.Write(question, EchoKind.Question, 7);
        stranger.Send(question, new IPEndPoint(IPAddress.Parse("127.0.0.2"), _port));
        EchoPacket.Write(question, EchoKind.Answer, 8);
        stranger.Send(question, new IPEndPoint(IPAddress.Loopback, _port));

        // what comes after them on the same sockets is answered, so these were taken and dropped
        _here.Ask(Ip.Parse("127.0.0.2"), 0, 9);
        Assert.Equal(9UL, Answer());
        Assert.Equal(0, stranger.Available);
    }

    [Fact]
    public void Whatever_comes_from_the_right_port_only_a_question_is_answered_and_the_rest_does_no_harm()
    {
        using var peer = new UdpClient(new IPEndPoint(IPAddress.Parse("127.0.0.3"), _port));
        var there = new IPEndPoint(IPAddress.Parse("127.0.0.2"), _port);
        var packet = new byte[EchoPacket.Length];
        EchoPacket.Write(packet, EchoKind.Question, 0);
        foreach (var bad in (byte[][])[[], packet[..^1], [.. packet, 0], new byte[16], new byte[9000], [.. packet[..6], 2, .. packet[7..]], [.. packet[..7], 3, .. packet[8..]]])
            peer.Send(bad, there);
        EchoPacket.Write(packet, EchoKind.Question, 11);
        peer.Send(packet, there);

        IPEndPoint? from = null;
        peer.Client.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        var answer = peer.Receive(ref from);
        Assert.Equal((there, EchoPacket.Length), (from, answer.Length));
        Assert.True(EchoPacket.TryRead(answer, out var kind, out var number));
        Assert.Equal((EchoKind.Answer, 11UL), (kind, number));
    }

    [Fact]
    public void A_port_that_is_taken_is_told() =>
        Assert.Throws<SocketException>(() => new UdpEcho((IPAddress.Loopback, null), _port, _ => { }));

    [Fact]
    public void Noise_is_no_packet()
    {
        Gen.Byte.Array[0, 40].Sample(bytes => Assert.False(EchoPacket.TryRead(bytes, out _, out _)));
        Gen.Select(Gen.ULong, Gen.Int[0, 7], Gen.Byte).Sample((number, at, value) =>
        {
            var packet = new byte[EchoPacket.Length];
            EchoPacket.Write(packet, EchoKind.Question, number);
            var same = packet[at] == value || (at == 7 && value == (byte)EchoKind.Answer);
            packet[at] = value;
            Assert.Equal(same, EchoPacket.TryRead(packet, out _, out var read));
            Assert.True(!same || read == number);
        });
    }

    private ulong Answer() => _answers.TryTake(out var number, Patience) ? number : throw new TimeoutException("no answer came");

    private static int FreePort()
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
    }
}
