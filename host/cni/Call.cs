namespace IpvlanActors.Cni;

/// <summary>The parameters of one call, which come by the environment.</summary>
/// <param name="Args">CNI_ARGS.</param>
/// <param name="Path">CNI_PATH: where delegated plugins lie.</param>
internal sealed record Call(string Command, string ContainerId, string Netns, string IfName, string Args, string Path)
{
    private const int MaxIfName = 15;

    /// <summary>What each command needs; the others are not looked at.</summary>
    private static readonly Dictionary<string, string[]> Needs = new()
    {
        ["ADD"] = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"],
        ["CHECK"] = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"],
        ["DEL"] = ["CNI_CONTAINERID", "CNI_IFNAME"],
        ["GC"] = [],
        ["STATUS"] = [],
        ["VERSION"] = [],
    };

    /// <exception cref="CniException">A parameter is missing, or cannot be what it is said to be.</exception>
    public static Call Read(Func<string, string?> variable)
    {
        var call = new Call(
            Get("CNI_COMMAND"), Get("CNI_CONTAINERID"), Get("CNI_NETNS"), Get("CNI_IFNAME"), Get("CNI_ARGS"), Get("CNI_PATH"));
        if (!Needs.TryGetValue(call.Command, out var needs))
            throw new CniException(CniCode.Environment, $"CNI_COMMAND: '{call.Command}' is none of {string.Join(", ", Needs.Keys)}");
        if (needs.Where(n => Get(n).Length == 0).ToArray() is { Length: > 0 } missing)
            throw new CniException(CniCode.Environment, $"{call.Command} needs the environment variables {string.Join(", ", missing)}");
        if (needs.Length > 0)
            call.Check();
        return call;

        string Get(string name) => variable(name) ?? "";
    }

    private void Check()
    {
        if (!char.IsAsciiLetterOrDigit(ContainerId[0]) || !ContainerId.All(IsPlain))
            throw new CniException(CniCode.Environment, $"CNI_CONTAINERID: '{ContainerId}' may have letters, digits, '_', '.' and '-', the first a letter or digit");
        if (IfName.Length > MaxIfName || IfName is "." or ".." || !IfName.All(IsPlain))
            throw new CniException(CniCode.Environment, $"CNI_IFNAME: '{IfName}' may have 1 to {MaxIfName} letters, digits, '_', '.' and '-'");
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-';
}
