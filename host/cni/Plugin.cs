using IpvlanActors.Cni.Node;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Cni;

/// <summary>One call of the plugin: reads it, asks the node, answers in CNI's words. It has no rules, and keeps nothing.</summary>
internal sealed class Plugin
{
    private readonly Surroundings _around;
    private readonly Configuration _configuration;
    private readonly Call _call;
    private readonly string _socket;
    private readonly NodeApi _node;

    private Plugin(Surroundings around, Configuration configuration, Call call)
    {
        (_around, _configuration, _call) = (around, configuration, call);
        _socket = configuration.SocketOr(around.Variable("IPVLAND_SOCKET"));
        _node = new(new NodeSocket(_socket, around.Patience));
    }

    private string Network => _configuration.Network;

    private string Endpoint => Attachment.Name(_configuration, _call.ContainerId, _call.IfName);

    private Delegate? Ipam => _configuration.ForeignIpam.Length > 0 ? new(_configuration, _call) : null;

    /// <returns>The exit code.</returns>
    public static int Run(Surroundings around)
    {
        var version = Configuration.Newest;
        try
        {
            var call = Call.Read(around.Variable);
            if (call.Command == "VERSION")
            {
                Results.Versions(around.Output);
                return 0;
            }

            var configuration = Configuration.Read(ReadAll(around.Input));
            if (Configuration.Versions.Contains(configuration.Version))
                version = configuration.Version;
            new Plugin(around, configuration, call).Do();
            return 0;
        }
        catch (CniException e)
        {
            Results.Error(around.Output, version, e);
            return 1;
        }
    }

    private static byte[] ReadAll(Stream input)
    {
        using var all = new MemoryStream();
        input.CopyTo(all);
        return all.ToArray();
    }

    private void Do()
    {
        switch (_call.Command)
        {
            case "ADD":
                _configuration.MustBe("0.3.1", _call.Command);
                Add();
                break;
            case "DEL":
                _configuration.MustBe("0.3.1", _call.Command);
                Delete();
                break;
            case "CHECK":
                _configuration.MustBe("0.4.0", _call.Command);
                Check();
                break;
            case "STATUS":
                _configuration.MustBe("1.1.0", _call.Command);
                Status();
                break;
            case "GC":
                _configuration.MustBe("1.1.0", _call.Command);
                CollectGarbage();
                break;
        }
    }

    private void Add()
    {
        var wish = NetworkWish.Read(_configuration);
        var ips = Ipam is null ? AddressWish.Read(_configuration, _call.Args) : new AddressWish([]);
        var ipam = Ipam;
        var given = ipam is not null ? GivenBy(ipam)
            : _configuration.TakesPreviousAddresses ? GivenAddresses.Read(_configuration.Previous!.Value, "prevResult") : null;
        try
        {
            Results.Added(_around.Output, _configuration, Join(wish, ips, given), given);
        }
        catch
        {
            ipam?.Run("DEL", mayFail: true);
            throw;
        }
    }

    private static GivenAddresses GivenBy(Delegate ipam)
    {
        var result = ipam.Add();
        try
        {
            return GivenAddresses.Read(result, ipam.Name);
        }
        catch
        {
            ipam.Run("DEL", mayFail: true);
            throw;
        }
    }

    private EndpointDetail Join(NetworkWish wish, AddressWish ips, GivenAddresses? given)
    {
        var request = new JoinEndpointRequest(Network, _call.Netns, Endpoint, IfName: _call.IfName)
        {
            Addresses = given is not null ? AddressWish.Of(given.Ips.Select(i => i.Address)).Ips : ips.Beside(wish.Ipam.Sets),
            Wish = wish.ToWanted(given),
            MustBeNew = true,
            Routes = given is not null ? given.RouteTexts() : wish.Ipam.Routes?.Select(r => r.ToString()).ToList(),
        };
        try
        {
            return _node.Join(request);
        }
        catch (CniException e) when (e.IsUnsure)
        {
            Remove(); // perhaps it has joined
            throw;
        }
    }

    private void Delete()
    {
        Remove();
        Ipam?.Run("DEL", mayFail: false);
    }

    /// <summary>Without a node it is noted for the next one; then asked again, for one may just have come up that did not see the note.</summary>
    private void Remove()
    {
        try
        {
            _node.Remove(Endpoint, Network);
        }
        catch (CniException e) when (e.IsGone)
        {
            var note = LaterRemoval.Remember(_socket, Network, Endpoint);
            try
            {
                _node.Remove(Endpoint, Network);
                File.Delete(note);
            }
            catch (CniException again) when (again.IsGone)
            {
                // the next one will
            }
        }
    }

    private void Check()
    {
        if (_configuration.Previous is not { } previous)
            throw new CniException(CniCode.InvalidConfiguration, "CHECK needs prevResult, the result of ADD");
        Ipam?.Run("CHECK", mayFail: false);
        var wish = NetworkWish.Read(_configuration);
        var endpoint = _node.CheckEndpoint(Endpoint, new CheckRequest(Network) { Wish = wish.ToWanted(null) });
        PreviousResult.Compare(previous, endpoint, _call);
    }

    private void Status()
    {
        try
        {
            _node.CheckNetwork(Network, new CheckRequest(Network) { Wish = NetworkWish.Read(_configuration).ToWanted(null) });
        }
        catch (CniException why)
        {
            throw Refusals.ToStatus(why);
        }

        Ipam?.Run("STATUS", mayFail: false);
    }

    /// <summary>Endpoints of this configuration that are not among those that the runtime knows. One that will not go stops no other.</summary>
    private void CollectGarbage()
    {
        var valid = PreviousResult.ValidAttachments(_configuration).Select(a => Attachment.Name(_configuration, a.Container, a.IfName)).ToHashSet();
        var prefix = Attachment.Prefix(_configuration);
        var failed = new List<CniException>();
        foreach (var endpoint in _node.Endpoints(Network).Where(e => e.StartsWith(prefix, StringComparison.Ordinal) && !valid.Contains(e)))
        {
            try
            {
                _node.Remove(endpoint, Network);
            }
            catch (CniException e)
            {
                failed.Add(e);
            }
        }

        Ipam?.Run("GC", mayFail: false);
        if (failed is [var first, ..])
            throw new CniException(first.Code, $"{failed.Count} attachments could not be removed: {first.Message}", first.Details);
    }
}
