using Akka.Actor;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Domain.Networks;

namespace IpvlanActors.Runtime.Mesh;

/// <summary>
/// Lends single addresses: held for the borrower first, so that nobody else gets one meanwhile; then its owner is asked;
/// and only when both have journaled it does the borrower hear.
/// </summary>
internal sealed partial class NetworkActor
{
    private void Borrow(ClaimBlock claim, IActorRef asker) =>
        Decide(new OfferAddress(claim.Stamp, claim), refusal =>
        {
            if (refusal is not null)
            {
                asker.Tell(new RegistryRefused(refusal));
                return;
            }

            node.CrashPoint("loan.offered");
            TellRegistry(); // before the owner is asked: it tells by the catalogue when the loan is over
            var loan = State.Loans[claim.Wanted!.Value];
            AskToLend(loan).PipeTo(Self, success: answer => new LoanAnswered(claim, loan, answer, asker));
        });

    private async Task<AddressLoan> AskToLend(Loan loan)
    {
        if (hosts.Find(loan.From) is not { } owner)
            return Unreachable(loan);
        try
        {
            return await owner.Ask<AddressLoan>(new LendRequest(network, loan.Address, loan.To, loan.Epoch), Patience);
        }
        catch (Exception e) when (e is AskTimeoutException or TaskCanceledException)
        {
            return Unreachable(loan);
        }
    }

    private void Lend(LoanAnswered answered)
    {
        var (claim, loan, answer, asker) = answered;
        if (answer.Refusal is { } refusal)
        {
            Decide(new ReturnAddress(node.Now(), loan.Address, loan.Epoch), _ =>
            {
                TellRegistry();
                asker.Tell(new RegistryRefused(refusal));
            });
            return;
        }

        node.CrashPoint("loan.agreed");
        Decide(new LendAddress(Timed(claim.Stamp), loan.Address, loan.Epoch), refused =>
        {
            node.CrashPoint("loan.lent");
            Answer(claim, refused, asker);
        });
    }

    private AddressLoan Unreachable(Loan loan) => new(network, loan.Address, loan.Epoch, new(RefusalCodes.HostUnreachable,
        $"address {loan.Address} lies in a block of host {loan.From}, which cannot be reached to lend it: bring that host back, take another address, or, if it is dead, ipvlanctl cluster forget it."));

    private sealed record LoanAnswered(ClaimBlock Claim, Loan Loan, AddressLoan Answer, IActorRef Asker) : INoSerializationVerificationNeeded;
}
