using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Runtime;

/// <summary>
/// Why a host may give out no new address: it cannot be sure that it is the one host that it says it is, or that it
/// remembers all that it gave out. Its endpoints stay as they are, since taking them away would help nobody.
/// </summary>
public static class Fence
{
    public static Refusal? Of(HostState host, ClusterBoard cluster, RegistrationBoard registration)
    {
        if (cluster.Members.FirstOrDefault(m => m.IsSelf)?.Elder is { } elder)
        {
            return Because($"the member at {elder} bears the same host id {host.Id} and has been here longer, so this data directory is a copy of that host's: " +
                "stop one of the two; a copy that is to be a host of its own must start with an empty data directory.");
        }

        if (registration.Refusal is { Code: RefusalCodes.Fenced } refused)
            return refused;
        if (registration.Later > 0 && registration.Later >= host.Incarnation)
            return Because($"the registry has start {registration.Later} of this host on record, and this journal is at start {host.Incarnation}: it was restored from a copy. {Way(registration)}");
        return host.MustConfirm
            ? Because($"this host's journal was copied, moved or restored since its last start, so it may have given out addresses that it does not remember. {Way(registration)}")
            : null;
    }

    private static Refusal Because(string why) => new(RefusalCodes.Fenced, "no new address is given out here: " + why);

    private static string Way(RegistrationBoard registration) => registration.Refusal is { } refusal
        ? $"It waits for the registry, which says: {refusal.Text}"
        : "It goes on as soon as the registry has confirmed what this host owns; ipvlanctl cluster status says which host should run it.";
}
