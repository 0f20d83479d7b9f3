using System.Security.Cryptography;
using System.Text;
using IpvlanActors.Domain.Deciding;

namespace IpvlanActors.Runtime;

/// <summary>
/// A key by which somebody asks for the same thing again without getting it twice. It lies in the id of what it brought
/// about: digits of the key's hash, digits of the hash of what was asked, and then chance, since an id never returns. So it is
/// known for exactly as long as its effect is, to every host that knows the effect, over restarts, and nothing else is kept.
/// </summary>
/// <param name="Key">The first 12 digits of the id, which people see as the short id.</param>
/// <param name="Asked">The next 8.</param>
internal readonly record struct RequestKey(string Key, string Asked)
{
    public const int MaxLength = 255;

    private const int KeyDigits = 12;
    private const int AskedDigits = 8;
    private const int ChanceBytes = 6;

    public static Refusal? ProblemOf(string key) => key.Length is > 0 and <= MaxLength && key.All(c => c is >= ' ' and <= '~')
        ? null
        : new(RefusalCodes.KeyInvalid, $"an idempotency key has 1 to {MaxLength} printable ASCII characters; this one has {key.Length}: a new GUID for each new request will do.");

    /// <param name="asked">Everything that was asked for, in one text.</param>
    public static RequestKey Of(string key, string asked) => new(Digits(key, KeyDigits), Digits(asked, AskedDigits));

    public Guid NewId() => Guid.ParseExact(Key + Asked + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(ChanceBytes)), "N");

    /// <summary>The key brought this about.</summary>
    public bool Made(string id) => id.StartsWith(Key, StringComparison.Ordinal);

    /// <summary>And it was asked for in the same words.</summary>
    public bool MadeTheSame(string id) => id.AsSpan(KeyDigits).StartsWith(Asked, StringComparison.Ordinal);

    private static string Digits(string text, int count) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..count];
}
