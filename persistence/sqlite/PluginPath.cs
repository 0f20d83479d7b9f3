using Akka.Actor;
using Akka.Configuration;

namespace IpvlanActors.Sqlite;

/// <summary>Which file a plug-in's section names; a snapshot store that names none goes into its journal's.</summary>
internal static class PluginPath
{
    public static string Of(Config config, ActorSystem system)
    {
        var path = config.GetString("path", "");
        if (path.Length == 0)
            path = system.Settings.Config.GetString($"{SqlitePersistence.JournalPlugin}.path", "");
        return path.Length > 0
            ? path
            : throw new ConfigurationException($"{SqlitePersistence.JournalPlugin}.path is not set: it must name the database file.");
    }
}
