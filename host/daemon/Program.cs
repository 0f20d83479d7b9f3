using System.CommandLine;
using System.Runtime.Versioning;
using IpvlanActors.Daemon;
using IpvlanActors.Daemon.Checkup;
using IpvlanActors.Daemon.Journal;
using IpvlanActors.Daemon.Security;

[assembly: SupportedOSPlatform("linux")]

if (args is ["journal", .. var rest])
    return JournalCommand.Run([.. rest], Console.Out, Console.Error, Console.IsErrorRedirected ? null : Console.Error);
if (args is ["certs", .. var words])
    return CertificatesCommand.Run([.. words], Console.Out, Console.Error);

var config = new Option<string?>("--config") { Description = "Configuration file (HOCON), laid over the shipped defaults.", HelpName = "FILE" };
var data = new Option<string?>("--data") { Description = "Data directory [default: /var/lib/ipvland].", HelpName = "DIR" };
var socket = new Option<string?>("--socket") { Description = "API socket [default: /run/ipvland/api.sock].", HelpName = "PATH" };
var root = new RootCommand("""
    Runs an ipvlan node in the foreground, until SIGTERM or SIGINT. What it put into the kernel stays when it stops.

    Examples:
      ipvland                                    a single host with everything at its defaults
      ipvland --config /etc/ipvland/ipvland.conf --data /srv/ipvland
      ipvland journal ls                         look into the journal, with the node up or down
      ipvland certs --out /root/certs h1 h2 h3   a CA and a certificate for each host
      ipvland token --file /etc/ipvland/tokens ops    a token for the API over TCP
    """)
{
    config, data, socket,
    new Command("journal", "Look into the journal: ls, show, replay, verify, backup, export, import. See ipvland journal --help."),
    new Command("certs", "Make a CA and certificates with which hosts know each other. See ipvland certs --help."),
    UninstallCommand.Build(),
    TokenCommand.Build(),
    DoctorCommand.Build(),
};
root.SetAction((parsed, cancelled) => NodeCommand.Run(parsed.GetValue(config), parsed.GetValue(data), parsed.GetValue(socket), cancelled));
return await root.Parse(args).InvokeAsync();
