using System.Net;

namespace IpvlanActors.Cni;

/// <summary>
/// Addresses that are asked for: by the capability <c>ips</c>, by <c>args.cni.ips</c>, or by CNI_ARGS <c>IP=</c>; or those that
/// another IPAM plugin chose.
/// </summary>
/// <param name="Ips">In their order, without prefix lengths: those are the subnets' in any case.</param>
internal sealed record AddressWish(IReadOnlyList<string> Ips)
{
    private static readonly string[] AnyOfEachFamily = ["0.0.0.0/0", "::/0"];

    public static AddressWish Read(Configuration configuration, string args)
    {
        var runtime = configuration.Root.Get("runtimeConfig") ?? default;
        RefuseMac(runtime.Text("mac"));
        return Of(runtime.Texts("ips")
            .Concat(((configuration.Root.Get("args") ?? default).Get("cni") ?? default).Texts("ips"))
            .Concat(FromArgs(args)));
    }

    public static AddressWish Of(IEnumerable<string> ips) => new([.. ips.Select(i => i.Split('/')[0]).Distinct()]);

    /// <summary>What is asked of the node: those, and one of each set of ranges that has none of them.</summary>
    /// <param name="sets">Subnets of which each is to give one address; empty: one of each family.</param>
    public IReadOnlyList<string> Beside(IReadOnlyList<string> sets) =>
        [.. Ips, .. (sets.Count > 0 ? sets : AnyOfEachFamily).Where(s => !Ips.Any(i => IsIn(i, s)))];

    private static bool IsIn(string ip, string subnet) =>
        IPNetwork.TryParse(subnet, out var network) && IPAddress.TryParse(ip, out var address) && network.Contains(address);

    /// <summary>KEY=VALUE, parted by semicolons. Unknown keys are somebody else's if IgnoreUnknown says so, else mistakes.</summary>
    private static IEnumerable<string> FromArgs(string args)
    {
        var pairs = args.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(a => a.Split('=', 2)).ToList();
        if (pairs.Find(p => p.Length < 2) is [var lone])
            throw new CniException(CniCode.Environment, $"CNI_ARGS: '{lone}' is not of the form KEY=VALUE");
        var ignore = pairs.Exists(p => p[0] == "IgnoreUnknown" && p[1] is "1" or "true" or "TRUE" or "True" or "t" or "T");
        foreach (var pair in pairs)
        {
            switch (pair[0])
            {
                case "IP":
                    foreach (var ip in pair[1].Split(',', StringSplitOptions.RemoveEmptyEntries))
                        yield return ip;
                    break;
                case "MAC":
                    RefuseMac(pair[1]);
                    break;
                case "IgnoreUnknown":
                    break;
                default:
                    if (!ignore)
                        throw new CniException(CniCode.Environment, $"CNI_ARGS: '{pair[0]}' is not known here; there are IP and IgnoreUnknown");
                    break;
            }
        }
    }

    private static void RefuseMac(string mac)
    {
        if (mac.Length > 0)
            throw new CniException(CniCode.Unsupported, $"mac {mac}: all ipvlan links of a parent have its MAC; ask for none, or use macvlan");
    }
}
