using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Ipam;

namespace IpvlanActors.Domain.Networks;

/// <summary>
/// What a registry that was restored from a copy lacks is with its hosts: the newest catalogue that each has seen, and the
/// blocks that each holds by its own journal.
/// </summary>
public static class Testimony
{
    /// <summary>
    /// What a host can tell: of others as the catalogue has it; of itself exactly what it holds, which may be a grant that no
    /// catalogue had yet. A network that it holds a block of exists, whatever the catalogue says: nobody removes one before
    /// every block is given up.
    /// </summary>
    public static Catalogue Of(HostView view, Catalogue seen)
    {
        var networks = seen.Networks.ToBuilder();
        foreach (var (id, here) in view.Networks)
        {
            if (networks.TryGetValue(id, out var entry))
                networks[id] = Told(entry, view.Host, here);
            else if (!here.Blocks.IsEmpty)
                networks[id] = Told(new(here.Spec!, here.Created, NetworkDecider.Initial.Blocks), view.Host, here);
        }

        return seen with { Networks = networks.ToImmutable() };
    }

    /// <summary>
    /// A claim beyond the last that the network's journal has is taken over, by its epoch; one at or below it was decided
    /// here, and is taken over only if the witness itself holds it and nobody has told of a later claim of those addresses:
    /// of two grants that no catalogue had yet, the later may be told first. What is over by a later history is released
    /// first.
    /// </summary>
    public static IEnumerable<NetworkEvent> Adopt(AdoptBlocks told, NetworkState state)
    {
        var over = state.Owners.Where(o => told.Blocks.TryGetValue(o.Key, out var now) ? IsTaken(o.Key, now, told, state) : told.IsLater && o.Value.Epoch <= told.LastEpoch)
            .Select(o => Over(o.Key, o.Value.Epoch, told, state)).ToList();

        // told against what is left, since what is over stands in nobody's way; else the same words said again would change more
        var left = over.Aggregate(state, NetworkDecider.Evolve);
        var taken = told.Blocks.Where(b => IsTaken(b.Key, b.Value, told, left)).OrderBy(b => b.Value.Epoch).ToList();
        var last = taken.Select(t => t.Value.Epoch).Append(state.LastEpoch).Max();
        return
        [
            .. over,
            .. taken.SelectMany(t => Taken(t.Key, t.Value, told, left)),
            .. told.LastEpoch > last ? [new EpochsSkipped(told.Stamp, told.LastEpoch)] : Array.Empty<NetworkEvent>(),
        ];
    }

    private static NetworkEvent Over(Prefix block, long epoch, AdoptBlocks told, NetworkState state) => state.Blocks.ContainsKey(block)
        ? new BlockReleased(told.Stamp, block, epoch)
        : new AddressReturned(told.Stamp, block.First, epoch);

    private static IEnumerable<NetworkEvent> Taken(Prefix block, BlockOwner owner, AdoptBlocks told, NetworkState state)
    {
        if (state.Spec is null || !BlockPlan.IsLoan(block, state.Spec))
            return [new BlockClaimed(told.Stamp, block, owner.Host, owner.Epoch)];
        var from = LenderOf(block, told, state);
        return [new LoanOffered(told.Stamp, block.First, from, owner.Host, owner.Epoch), new AddressLent(told.Stamp, block.First, from, owner.Host, owner.Epoch)];
    }

    private static bool IsTaken(Prefix block, BlockOwner owner, AdoptBlocks told, NetworkState state) =>
        owner.Epoch > state.LastEpoch
        || (owner.Host == told.Stamp.Host && state.Owners.Where(o => o.Key.Overlaps(block)).All(
            o => o.Key == block ? o.Value.Epoch < owner.Epoch : BlockPlan.IsLoan(block, state.Spec!) || BlockPlan.IsLoan(o.Key, state.Spec!)));

    /// <summary>Whoever owns the block around it; the id of nobody, if no one has told of that block yet.</summary>
    private static HostId LenderOf(Prefix loan, AdoptBlocks told, NetworkState state) =>
        told.Blocks.Concat(state.Blocks).FirstOrDefault(b => b.Key != loan && b.Key.Contains(loan)).Value.Host;

    private static CatalogueEntry Told(CatalogueEntry entry, HostState self, HostNetworkState here)
    {
        var blocks = entry.Blocks;
        foreach (var (block, owner) in entry.Blocks)
        {
            // a journal that was restored has forgotten the block, which is not to have given it up
            if (owner.Host == self.Id && !self.MustConfirm && !here.Blocks.ContainsKey(block))
                blocks = blocks.Remove(block);
        }

        foreach (var (block, own) in here.Blocks.Where(b => b.Value.Epoch > entry.LastEpoch))
            blocks = blocks.SetItem(block, new(self.Id!.Value, own.Epoch));
        return entry with { Blocks = blocks }; // it knows of no other claim beyond the catalogue's last
    }
}
