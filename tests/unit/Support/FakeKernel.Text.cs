using System.Globalization;
using System.Text;
using IpvlanActors.Domain.Kernel;

namespace IpvlanActors.Tests.Unit.Support;

/// <summary>What this kernel holds, as the iproute2 commands that would make it: sorted, so that equal kernels read equal.</summary>
public sealed partial class FakeKernel
{
    public override string ToString()
    {
        lock (_lock)
        {
            var text = new StringBuilder();
            foreach (var link in _links.Where(l => !l.IsLoopback).OrderBy(l => l.Name))
                Write(text, "", link);
            Write(text, "", _routes);
            foreach (var (path, sandbox) in _sandboxes.OrderBy(s => s.Key, StringComparer.Ordinal))
            {
                var into = $" -n {KernelWords.NameOf(sandbox.Identity)}";
                text.Append(CultureInfo.InvariantCulture, $"# {path}\n");
                foreach (var link in sandbox.Links.Where(l => !l.IsLoopback).OrderBy(l => l.Name))
                    Write(text, into, link);
                Write(text, into, sandbox.Routes);
            }

            return text.ToString();
        }
    }

    private void Write(StringBuilder text, string into, FakeLink link)
    {
        text.Append(CultureInfo.InvariantCulture, $"ip{into} link add");
        if (_links.Concat(_sandboxes.Values.SelectMany(s => s.Links)).FirstOrDefault(l => l.Index == link.ParentIndex) is { } parent)
            text.Append(CultureInfo.InvariantCulture, $" link {parent.Name} name");
        text.Append(CultureInfo.InvariantCulture, $" {link.Name}");
        if (link.Alias.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $" alias {link.Alias}");
        text.Append(CultureInfo.InvariantCulture, $" mtu {link.Mtu}{(link.Up ? " up" : "")}");
        if (link.Kind.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $" type {link.Kind}");
        if (link.Vlan is { } id)
            text.Append(CultureInfo.InvariantCulture, $" id {id}");
        if (link is { Mode: { } mode, Flag: { } flag })
            text.Append(CultureInfo.InvariantCulture, $" mode {KernelWords.Of(mode)} {KernelWords.Of(flag)}");
        text.Append('\n');
        foreach (var address in link.Addresses.OrderBy(a => a.Address))
            text.Append(CultureInfo.InvariantCulture, $"ip{into} addr add {address} dev {link.Name}\n");
    }

    private static void Write(StringBuilder text, string into, IEnumerable<Route> routes)
    {
        foreach (var route in routes.OrderBy(r => r.Destination).ThenBy(r => r.Metric))
            text.Append(CultureInfo.InvariantCulture, $"ip{into} route add {route}\n");
    }
}
