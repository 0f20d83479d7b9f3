using Akka.Actor;
using IpvlanActors.Domain.Deciding;
using IpvlanActors.Runtime.EventSourcing;

namespace IpvlanActors.Tests.Unit.Runtime;

internal sealed record Take(int Count);

/// <summary>Each is decided after the one before, and all are one write.</summary>
internal sealed record TakeTogether(params int[] Counts);

internal sealed record Taken(int Count);

/// <summary>What is there is ten, and nobody gets more.</summary>
internal sealed class TallyDecider : IDecider<Take, Taken, int>
{
    public const int Limit = 10;
    public const string TooMany = "too-many";

    private TallyDecider()
    {
    }

    public static int Initial => 0;

    public static Decision<Taken> Decide(Take command, int state) => state + command.Count > Limit
        ? Outcome.Refuse<Taken>(TooMany, $"{state} of {Limit} are taken.")
        : Outcome.Accept<Taken>([.. Enumerable.Repeat(new Taken(1), command.Count)]);

    public static int Evolve(int state, Taken @event) => state + @event.Count;
}

/// <summary>Answered to each <see cref="Take"/>; the number that is on disk then, and the number that had "happened".</summary>
internal sealed record TallyAnswer(Refusal? Refusal, int Stored, int Happened) : INoSerializationVerificationNeeded;

internal sealed class TallyActor(string id) : DeciderActor<TallyDecider, Take, Taken, int>(id)
{
    private int _happened;

    protected override void Happened(Taken @event) => _happened += @event.Count;

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case Take take:
                Take(take.Count, Sender);
                break;
            case TakeTogether together:
                var asker = Sender;
                Together(() =>
                {
                    foreach (var count in together.Counts)
                        Take(count, asker);
                });
                break;
            default:
                Sender.Tell(new TallyAnswer(null, State, _happened));
                break;
        }
    }

    private void Take(int count, IActorRef asker) =>
        Decide(new(count), refusal => asker.Tell(new TallyAnswer(refusal, State, _happened)));
}
