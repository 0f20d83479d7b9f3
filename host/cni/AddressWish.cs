namespace IpvlanActors.Cni;

/// <summary>
/// Addresses that are asked for: by the capability <c>ips</c>, by <c>args.cni.ips</c>, or by CNI_ARGS <c>IP=</c>. One per family, as a
/// link of ours has.
/// </summary>
/// <param name="Ip4">Empty: any.</param>
internal sealed record AddressWish(string Ip4, string Ip6)
{
    public static AddressWish Read(Configuration configuration, string args)
    {
        var runtime = configuration.Root.Get("runtimeConfig") ?? default;
        RefuseMac(runtime.Text("mac"));
        var ips = runtime.Texts("ips")
            .Concat(((configuration.Root.Get("args") ?? default).Get("cni") ?? default).Texts("ips"))
            .Concat(FromArgs(args));
        return Of(ips.Distinct());
    }

    /// <param name="ips">With or without a prefix length, which is the subnet's in any case.</param>
    public static AddressWish Of(IEnumerable<string> ips)
    {
        var wish = new AddressWish("", "");
        foreach (var written in ips)
        {
            var ip = written.Split('/')[0];
            var is6 = ip.Contains(':', StringComparison.Ordinal);
            if ((is6 ? wish.Ip6 : wish.Ip4) is { Length: > 0 } other)
                throw new CniException(CniCode.Unsupported, $"{ip} and {other}: an interface of ipvland has one {(is6 ? "IPv6" : "IPv4")} address; ask for one, and for the other by another interface");
            wish = is6 ? wish with { Ip6 = ip } : wish with { Ip4 = ip };
        }

        return wish;
    }

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
