namespace IpvlanActors.Sqlite.Storage;

/// <summary>
/// What the writer does as a whole or not at all; <see cref="Done"/> tells once it is durable, or why it is not.
/// </summary>
/// <param name="persistenceId">Whose rows it writes; reads of that id wait for it. Null if nobody's.</param>
/// <param name="rows">How many rows; with none it is no write, and only waits for those before it.</param>
/// <param name="run">The statements, which undo themselves if one fails. Run again by itself when it was in a group that failed for another's fault.</param>
internal sealed class WriteJob(string? persistenceId, int rows, long bytes, Action<WriteConnection> run, CancellationToken abandoned)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string? PersistenceId { get; } = persistenceId;

    public int Rows { get; } = rows;

    public long Bytes { get; } = bytes;

    public Task Done => _done.Task;

    /// <summary>Set while its group is still open: this one failed for a fault of its own.</summary>
    public Exception? Failure { get; set; }

    public void Run(WriteConnection connection)
    {
        // who asked has been told of a timeout by now and has stopped: writing would only make its guess wrong
        abandoned.ThrowIfCancellationRequested();
        run(connection);
    }

    public void Settle(Exception? failure)
    {
        if (failure is OperationCanceledException)
            _done.TrySetCanceled(abandoned);
        else if (failure is not null)
            _done.TrySetException(failure);
        else
            _done.TrySetResult();
    }
}
