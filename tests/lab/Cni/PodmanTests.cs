using IpvlanActors.Tests.Lab.Support;
using Xunit;

namespace IpvlanActors.Tests.Lab.Cni;

/// <summary>A real client: Podman, which knows of us no more than a file in its folder of networks.</summary>
public sealed class PodmanTests(OneHost fixture) : OnOneHost(fixture), IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("podman-").FullName;

    /// <summary>Everything of Podman's in a folder of the test's, and no cgroups, which the lab kernel shares among all.</summary>
    private string Script => $$"""
        set -e
        cd {{_folder}}
        mkdir -p root/bin net.d
        cp "$(command -v busybox)" root/bin/busybox
        for a in sleep ping; do ln -s busybox root/bin/$a; done
        cat > net.d/10-pods.conflist <<END
        {"cniVersion":"0.4.0","name":"pods","plugins":[{"type":"ipvland","socket":"{{Host.Daemon.Socket}}","master":"eth0.20",
         "ipam":{"type":"ipvland","subnet":"192.168.20.0/24"} },{"type":"tuning"}]}
        END
        cat > containers.conf <<END
        [network]
        network_backend = "cni"
        cni_plugin_dirs = ["{{CniRuntime.Ours}}", "{{CniRuntime.Theirs}}"]
        network_config_dir = "{{_folder}}/net.d"
        default_network = "pods"
        [engine]
        cgroup_manager = "cgroupfs"
        events_logger = "none"
        tmp_dir = "{{_folder}}/tmp"
        END
        cat > podman <<END
        #!/bin/sh
        CONTAINERS_CONF={{_folder}}/containers.conf exec podman --root {{_folder}}/storage --runroot {{_folder}}/run --storage-driver vfs "\$@"
        END
        chmod +x podman
        tar -C root -c . | ./podman import --quiet - busy
        """;

    private const string Run = "run --network pods --cgroups=disabled --security-opt seccomp=unconfined";

    [CniFact("/usr/bin/podman", "/usr/bin/busybox", "/usr/lib/cni/tuning")]
    public async Task Two_of_its_containers_ping_each_other_on_a_network_that_is_one_file()
    {
        (await Shell.Run("sh", ["-c", Script], seconds: 60)).Must();
        (await Podman($"{Run} -d --name a --entrypoint /bin/sleep busy 1000")).Must();
        var ping = await Podman($"{Run} --rm --name b --entrypoint /bin/ping busy -c 1 -W 5 192.168.20.2");
        Assert.Contains("1 packets received", ping.Must().Out, StringComparison.Ordinal);
        var endpoint = Assert.Single(await Host.Ctl.Endpoints());
        Assert.Equal(["192.168.20.2/24"], endpoint.Addresses);
        (await Podman("rm -f -t 0 a")).Must();
        Assert.Empty(await Host.Ctl.Endpoints());
        await Host.Remove("pods");
    }

    public void Dispose()
    {
        using var gone = System.Diagnostics.Process.Start("sh", ["-c", $"umount -R {_folder}/storage/* 2> /dev/null; rm -rf {_folder}"]);
        gone.WaitForExit();
    }

    private Task<Said> Podman(string line) => Shell.Run(Path.Combine(_folder, "podman"), line.Split(' '), seconds: 60);
}
