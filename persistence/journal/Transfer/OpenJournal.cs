using Akka.Actor;
using Akka.Configuration;

namespace IpvlanActors.Journal.Transfer;

/// <summary>A journal that nobody else writes, by its plug-in: the same for a file and for a database.</summary>
internal sealed class OpenJournal : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly Config Quiet = ConfigurationFactory.ParseString("""
        akka.loggers = []
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.log-dead-letters = off
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        """);

    private readonly ActorSystem _system;

    public OpenJournal(Config persistence) =>
        _system = ActorSystem.Create("journal", Quiet.WithFallback(persistence).WithFallback(JournalSerializer.Config));

    /// <exception cref="IOException">The journal cannot be read.</exception>
    public async Task<IReadOnlyList<ExportedEvent>> Read(string id) => (ExportedEvent[])await Ask(id, new Copyist.Read());

    /// <summary>All or nothing, and only if the id has no events that the caller does not know of.</summary>
    /// <exception cref="IOException">The journal cannot be written.</exception>
    public Task Append(string id, IReadOnlyCollection<ExportedEvent> events) => Ask(id, new Copyist.Append(events));

    public async ValueTask DisposeAsync() => await _system.Terminate();

    private async Task<object> Ask(string id, object question)
    {
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        Action<Exception> fail = cause => failed.TrySetResult(cause);
        var copyist = _system.ActorOf(Props.Create<Copyist>(id, fail));
        try
        {
            var answer = copyist.Ask<object>(question, Patience);
            if (await Task.WhenAny(answer, failed.Task) == answer)
                return await answer;
            var cause = await failed.Task;
            throw new IOException($"the journal failed at {id}: {cause.GetBaseException().Message}", cause);
        }
        catch (AskTimeoutException)
        {
            throw new IOException($"the journal did not answer in {Patience.TotalMinutes} minutes.");
        }
        finally
        {
            await copyist.GracefulStop(Patience);
        }
    }
}
