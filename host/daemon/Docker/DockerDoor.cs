using IpvlanActors.Daemon.Config;

namespace IpvlanActors.Daemon.Docker;

/// <summary>All of Docker's side: the plugin, and what asks dockerd.</summary>
internal sealed class DockerDoor : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(55);
    private readonly WebApplication _server;
    private readonly DockerWatch? _watch;

    private DockerDoor(WebApplication server, DockerWatch? watch) => (_server, _watch) = (server, watch);

    /// <returns>Null: not wanted here.</returns>
    public static async Task<DockerDoor?> Open(DockerSettings settings, Node node)
    {
        if (!settings.IsWanted)
            return null;
        AskNode ask = command => node.Ask(command, Patience);
        DockerWatch? watch = null;
        if (settings.Api.Length > 0)
        {
            var api = new DockerApi(settings.Api);
            var driver = Path.GetFileNameWithoutExtension(settings.Socket);
            var networks = settings.AutoCreate ? new DockerNetworks(node.Context.Boards, api, driver, node.System.Log) : null;
            watch = new(ask, node.Context.Boards, api, networks, node.System.Log);
        }

        var plugin = new DockerPlugin(ask, node.Context.Boards, () => watch?.Doubt());
        return new(await DockerServer.Start(settings, plugin), watch);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (_watch is not null)
            await _watch.DisposeAsync();
    }
}
