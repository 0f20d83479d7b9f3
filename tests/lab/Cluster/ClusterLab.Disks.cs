using IpvlanActors.Tests.Lab.Support;

namespace IpvlanActors.Tests.Lab.Cluster;

/// <summary>Steps that hurt the disk: full, older than it was, or another machine's.</summary>
internal sealed partial class ClusterLab
{
    private const string DiskSize = "96m";

    private static async Task<string> FillDisk(Site site)
    {
        await Shell.Run("sh", ["-c", $"cat /dev/zero > {site.Host.Daemon.Data}/filler"]);
        site.Troubles.Add(Act.FillDisk);
        return "full";
    }

    private static Task<string> FreeDisk(Site site)
    {
        if (!site.Troubles.Remove(Act.FillDisk))
            return Task.FromResult("it is not full");
        File.Delete(Path.Combine(site.Host.Daemon.Data, "filler"));
        return Task.FromResult("free");
    }

    /// <summary>As a snapshot of the machine's disk would have it: of one instant, in the middle of whatever it does.</summary>
    private static async Task<string> CopyDisk(Site site)
    {
        await Snapshot(site, site.Copy);
        return "copied";
    }

    private static async Task<string> RestoreDisk(Site site)
    {
        if (!Directory.Exists(site.Copy))
            return "there is no copy";
        await PowerOff(site);
        site.KeepJournal();
        await PutDisk(site, site.Copy);
        return await Start(site);
    }

    private static async Task<string> Clone(Site donor, Site site)
    {
        await PowerOff(site);
        site.KeepJournal();
        await Shell.Run("sh", ["-c", $"rm -rf {site.OwnDisk}; cp -a {site.Host.Daemon.Data} {site.OwnDisk}"]);
        await Snapshot(donor, site.OwnDisk + ".donor");
        await PutDisk(site, site.OwnDisk + ".donor");
        site.Inherit();
        site.Troubles.Add(Act.Clone);
        return await Start(site);
    }

    private static async Task<string> Unclone(Site site)
    {
        if (!site.Troubles.Contains(Act.Clone))
            return "it has its own disk";
        await PowerOff(site);
        site.KeepJournal();
        await PutDisk(site, site.OwnDisk);
        site.Troubles.Remove(Act.Clone);
        return await Start(site);
    }

    private static Task Snapshot(Site site, string to) =>
        site.Host.Daemon.Frozen(() => Shell.Run("sh", ["-c", $"rm -rf {to}; cp -a {site.Host.Daemon.Data} {to}"]));

    private static async Task PutDisk(Site site, string copy) =>
        (await Shell.Run("sh", ["-c", $"rm -rf {site.Host.Daemon.Data}/*; cp -a {copy}/. {site.Host.Daemon.Data}"])).Must();
}
