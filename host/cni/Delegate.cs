using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace IpvlanActors.Cni;

/// <summary>Another plugin, to which the addresses are left: run with our configuration and our parameters.</summary>
internal sealed class Delegate(Configuration configuration, Call call)
{
    public string Name => configuration.ForeignIpam;

    /// <returns>Its result.</returns>
    public JsonElement Add() => JsonOf(Run("ADD"));

    public void Run(string command, bool mayFail)
    {
        try
        {
            Run(command);
        }
        catch (CniException) when (mayFail)
        {
            // what went wrong before is what the runtime is to hear
        }
    }

    private byte[] Run(string command)
    {
        using var process = Start(command);
        using var output = new MemoryStream();
        try
        {
            process.StandardInput.BaseStream.Write(configuration.Bytes);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // it did not read to the end; what it says tells why
        }

        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return process.ExitCode == 0 ? output.ToArray() : throw Failed(command, output.ToArray(), process.ExitCode);
    }

    private Process Start(string command)
    {
        var start = new ProcessStartInfo(Find()) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in new[]
        {
            ("CNI_COMMAND", command), ("CNI_CONTAINERID", call.ContainerId), ("CNI_NETNS", call.Netns),
            ("CNI_IFNAME", call.IfName), ("CNI_ARGS", call.Args), ("CNI_PATH", call.Path),
        })
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new CniException(CniCode.Io, $"ipam plugin {start.FileName} could not be run (errno {e.NativeErrorCode})");
        }
    }

    private string Find()
    {
        if (Name.Contains('/', StringComparison.Ordinal))
            throw new CniException(CniCode.InvalidConfiguration, $"ipam.type: '{Name}' is a path; say the plugin's name, and its folder by CNI_PATH");
        return call.Path.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, Name)).FirstOrDefault(File.Exists)
            ?? throw new CniException(CniCode.Environment, $"ipam.type: plugin {Name} is not in CNI_PATH ({call.Path}); install it (apt install containernetworking-plugins), or leave ipam out for addresses of the cluster");
    }

    private CniException Failed(string command, byte[] output, int exit)
    {
        try
        {
            var error = JsonOf(output);
            return new(error.Number("code"), $"{Name} {command}: {error.Text("msg")}", error.Text("details"));
        }
        catch (CniException)
        {
            return new(CniCode.Other, $"{Name} {command} failed with exit code {exit}");
        }
    }

    private JsonElement JsonOf(byte[] output)
    {
        try
        {
            return JsonDocument.Parse(output).RootElement;
        }
        catch (JsonException)
        {
            throw new CniException(CniCode.Undecodable, $"{Name} answered what is no JSON");
        }
    }
}
