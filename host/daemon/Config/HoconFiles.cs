using System.Collections;
using System.Reflection;
using Akka.Configuration;

namespace IpvlanActors.Daemon.Config;

/// <summary>The shipped configuration, embedded; a file of the user's over it; the environment over both.</summary>
public static class HoconFiles
{
    private const string EnvironmentPrefix = "IPVLAND_";
    private const string Root = "ipvland";

    public static Akka.Configuration.Config Reference { get; } = Embedded("reference.conf");

    public static Akka.Configuration.Config Host { get; } = Embedded("host.conf");

    public static Akka.Configuration.Config Mesh { get; } = Embedded("mesh.conf");

    /// <summary>Over <see cref="Mesh"/> when hosts show certificates to each other.</summary>
    public static Akka.Configuration.Config MeshTls { get; } = Embedded("mesh-tls.conf");

    /// <summary>Over <see cref="Mesh"/> when the registry may move between hosts.</summary>
    public static Akka.Configuration.Config MeshSql { get; } = Embedded("mesh-sql.conf");

    /// <param name="file">None: only the shipped configuration and the environment.</param>
    /// <exception cref="ConfigException">The file cannot be read, or names a setting that does not exist.</exception>
    public static Akka.Configuration.Config Load(string? file, IDictionary environment)
    {
        var config = Reference;
        if (file is not null)
        {
            var user = Read(file);
            RefuseUnknown(user, file);
            config = user.WithFallback(config);
        }

        return FromEnvironment(environment, config);
    }

    private static Akka.Configuration.Config Read(string file)
    {
        try
        {
            return ConfigurationFactory.ParseString(File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{file} cannot be read: {e.Message}");
        }
        catch (Exception e)
        {
            throw new ConfigException($"{file} is not valid HOCON: {e.Message}");
        }
    }

    /// <summary>A misspelt setting would be a setting that never works.</summary>
    private static void RefuseUnknown(Akka.Configuration.Config user, string file)
    {
        var known = Paths(Reference).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Paths(user).Where(p => p.StartsWith(Root + '.', StringComparison.Ordinal) && !known.Contains(p)))
            throw new ConfigException($"{file}: there is no setting {path}; hocon/reference.conf has all of them.");
    }

    private static Akka.Configuration.Config FromEnvironment(IDictionary environment, Akka.Configuration.Config config)
    {
        foreach (var path in Paths(Reference))
        {
            var name = EnvironmentPrefix + path[(Root.Length + 1)..].ToUpperInvariant().Replace('.', '_').Replace('-', '_');
            if (environment[name] is string value)
                config = ConfigurationFactory.ParseString($"{path} = {Quoted(path, value)}").WithFallback(config);
        }

        return config;
    }

    /// <summary>A list is given with commas.</summary>
    private static string Quoted(string path, string value) => Reference.GetValue(path).IsArray()
        ? $"[{string.Join(", ", value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Quote))}]"
        : Quote(value);

    private static string Quote(string value) => '"' + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + '"';

    private static IEnumerable<string> Paths(Akka.Configuration.Config config) => config.AsEnumerable().SelectMany(e => Paths(e.Key, e.Value));

    private static IEnumerable<string> Paths(string path, Akka.Configuration.Hocon.HoconValue value) =>
        value.IsObject() ? value.GetObject().Items.SelectMany(i => Paths($"{path}.{i.Key}", i.Value)) : [path];

    private static Akka.Configuration.Config Embedded(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("hocon/" + name)
            ?? throw new InvalidOperationException($"hocon/{name} is not embedded.");
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}

/// <summary>The configuration is wrong; the message names the file, the setting and the way out.</summary>
public sealed class ConfigException(string message) : Exception(message);
