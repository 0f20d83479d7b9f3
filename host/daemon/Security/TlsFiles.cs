using IpvlanActors.Daemon.Config;

namespace IpvlanActors.Daemon.Security;

/// <summary>Where security.tls says that this host's credentials are; PEM.</summary>
public sealed record TlsFiles(string Authorities, string Certificate, string Key)
{
    /// <returns>None: nothing is set, and the mesh speaks plain text.</returns>
    /// <exception cref="ConfigException">Only some of them are set, or one is not there.</exception>
    public static TlsFiles? Read(Akka.Configuration.Config tls)
    {
        string[] keys = ["ca", "certificate", "key"];
        var paths = keys.Select(k => tls.GetString(k)).ToArray();
        if (paths.All(p => p.Length == 0))
            return null;
        foreach (var (key, path) in keys.Zip(paths))
        {
            if (path.Length == 0)
                throw new ConfigException($"ipvland.security.tls.{key} is not set, but others of tls are: set ca, certificate and key, or none of them.");
            if (!File.Exists(path))
                throw new ConfigException($"ipvland.security.tls.{key} = {path}: there is no such file; ipvland certs makes them.");
        }

        return new(Path.GetFullPath(paths[0]), Path.GetFullPath(paths[1]), Path.GetFullPath(paths[2]));
    }
}
