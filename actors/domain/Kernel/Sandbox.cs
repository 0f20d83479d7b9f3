namespace IpvlanActors.Domain.Kernel;

/// <summary>
/// A network namespace that an endpoint joined. A path alone does not identify one: after the container is gone the same
/// path, or the same pid, may lead to another. The inode of the namespace and the boot that it belongs to do.
/// </summary>
/// <param name="Path">Where it was found: <c>/run/netns/x</c>, <c>/proc/PID/ns/net</c>, <c>/run/docker/netns/x</c>.</param>
/// <param name="Inode">st_ino of the namespace (nsfs).</param>
/// <param name="BootId">/proc/sys/kernel/random/boot_id of the kernel that made it.</param>
public sealed record Sandbox(string Path, ulong Inode, string BootId);
