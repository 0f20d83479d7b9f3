using System.Collections.Immutable;
using CsCheck;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;
using Xunit;

namespace IpvlanActors.Tests.Unit.Support;

/// <summary>Small words for tests of the domain: values by a letter or a number, and what properties are tried with.</summary>
internal static class Domains
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static readonly HostId HostA = Host('a');
    public static readonly HostId HostB = Host('b');

    /// <summary>Edges of both families as well as any address.</summary>
    public static readonly Gen<Ip> AnyIp = Gen.OneOf(
        Gen.UInt.Select(bits => Ip.FromBits(0, bits, IpFamily.V4)),
        Gen.Select(Gen.ULong, Gen.ULong, (high, low) => Ip.FromBits(high, low, IpFamily.V6))
            // mapped addresses are none of ours
            .Where(ip => (ip.High, ip.Low >> 32) != (0, 0xFFFF)),
        OneOf("0.0.0.0", "255.255.255.255", "10.0.0.1", "::", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::").Select(t => Ip.Parse(t)));

    public static readonly Gen<Prefix> AnyPrefix = Gen.Select(AnyIp, Gen.Int[0, 128])
        .Select((ip, length) => Prefix.Of(ip, length % (ip.BitWidth + 1)));

    public static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(n => values[n]);

    public static HostId Host(char digit) => HostId.Parse(new string(digit, 32));

    public static NetworkId Network(char digit) => NetworkId.Parse(new string(digit, 32));

    public static EndpointId Endpoint(char digit) => EndpointId.Parse(new string(digit, 32));

    public static EndpointId Endpoint(int number) => EndpointId.From(new Guid(number, 0, 0, new byte[8]));

    public static LinkName Link(string name) => LinkName.Parse(name);

    public static VlanId Vlan(int number) => VlanId.TryCreate(number, out var id) ? id : throw new ArgumentOutOfRangeException(nameof(number));

    /// <summary>Noon and so many seconds, by a host.</summary>
    public static Stamp At(double seconds = 0, HostId? host = null) => new(Noon.AddSeconds(seconds), host ?? HostA);

    public static Prefix P(string text) => Prefix.Parse(text);

    public static Ip I(string text) => Ip.Parse(text);

    public static ImmutableSortedDictionary<string, string> Texts(params (string Key, string Value)[] pairs) =>
        pairs.ToImmutableSortedDictionary(p => p.Key, p => p.Value);

    /// <summary>A network as <c>docker network create</c> would be told of it: options are <c>key=value</c>.</summary>
    public static NetworkRequest Request(string subnets = "", string options = "", string gateways = "", string name = "n") => new()
    {
        Name = name,
        Subnets = Words(subnets),
        Gateways = Words(gateways),
        Options = Words(options).Select(o => o.Split('=', 2)).ToImmutableSortedDictionary(o => o[0], o => o[1]),
    };

    public static NetworkSpec Spec(NetworkRequest request)
    {
        var (spec, refusals) = NetworkSpecReader.Read(request);
        Assert.Empty(refusals);
        return spec!;
    }

    public static NetworkSpec Spec(string subnets, string options = "", string gateways = "", string name = "n") =>
        Spec(Request(subnets, options, gateways, name));

    public static TEvent[] Accepted<TEvent>(Decision<TEvent> decision) =>
        decision is Decision<TEvent>.Refused refused
            ? throw new Xunit.Sdk.XunitException($"refused: {refused.Why}")
            : [.. ((Decision<TEvent>.Accepted)decision).Events];

    /// <summary>The refusal, if its code is this one and its text holds these words.</summary>
    public static Refusal Refused<TEvent>(string code, Decision<TEvent> decision, params string[] words)
    {
        var why = Assert.IsType<Decision<TEvent>.Refused>(decision).Why;
        return Refused(code, why, words);
    }

    public static Refusal Refused(string code, Refusal? why, params string[] words)
    {
        Assert.NotNull(why);
        Assert.Equal(code, why.Code);
        Assert.All(words, w => Assert.Contains(w, why.Text, StringComparison.Ordinal));
        return why;
    }

    private static ImmutableArray<string> Words(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
