using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using IpvlanActors.Client.Security;

namespace IpvlanActors.Daemon.Security;

/// <summary>What somebody with a token may do.</summary>
public enum TokenRole : byte
{
    /// <summary>Look, and nothing else.</summary>
    Read,

    Admin,
}

/// <param name="Name">For people.</param>
public sealed record Token(string Name, TokenRole Role);

/// <summary>
/// Whom the API knows by a token: lines of NAME ROLE HASH, the hash being SHA-256 of the token in hex. A token is 256 bits of
/// chance, so its hash tells nothing and needs no salt. The file is read again when it has changed: a line that is taken
/// out lets nobody in from then on. A file that has become unreadable lets in nobody at all.
/// </summary>
public sealed class TokenFile
{
    private const int Words = 3;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private readonly string _path;
    private State _state;

    private TokenFile(string path) => (_path, _state) = (path, Load(path));

    /// <exception cref="CredentialsException">A line is none, or others than its owner may write the file.</exception>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    public static TokenFile Open(string path)
    {
        var file = new TokenFile(Path.GetFullPath(path));
        return file._state.Problem.Length == 0 ? file : throw new CredentialsException(file._state.Problem);
    }

    /// <summary>Why nobody is known now; empty otherwise.</summary>
    public string Problem => _state.Problem;

    /// <summary>A new token, and its line.</summary>
    public static (string Token, string Line) Make(string name, TokenRole role)
    {
        const int Bytes = 32;
        var token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return (token, $"{name} {role.ToString().ToLowerInvariant()} {Hash(token)}");
    }

    public Token? Find(string token)
    {
        if (Version(_path) != _state.Version)
            _state = LoadAgain();
        return _state.Tokens.GetValueOrDefault(Hash(token));
    }

    private State LoadAgain()
    {
        try
        {
            return Load(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(Version(_path), [], e.Message);
        }
    }

    private static State Load(string path)
    {
        var version = Version(path);
        var tokens = ImmutableDictionary.CreateBuilder<string, Token>(StringComparer.Ordinal);
        if ((File.GetUnixFileMode(path) & OthersWrite) != 0)
            return new(version, tokens.ToImmutable(), $"{path} may be written by others than its owner: chmod 600 {path}");
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length == 0 || words[0][0] == '#')
                continue;
            if (words.Length != Words || !Enum.TryParse<TokenRole>(words[1], ignoreCase: true, out var role) || !Enum.IsDefined(role) || !IsHash(words[2]))
                return new(version, [], $"{path}, line {number} is not NAME, read or admin, and a SHA-256 in hex: ipvland token makes such lines.");
            tokens[words[2].ToLowerInvariant()] = new(words[0], role);
        }

        return new(version, tokens.ToImmutable(), "");
    }

    private static bool IsHash(string text) => text.Length == SHA256.HashSizeInBytes * 2 && text.All(char.IsAsciiHexDigit);

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static (DateTime, long) Version(string path) => new FileInfo(path) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default;

    private sealed record State((DateTime, long) Version, ImmutableDictionary<string, Token> Tokens, string Problem);
}
