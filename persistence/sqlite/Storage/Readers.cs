namespace IpvlanActors.Sqlite.Storage;

/// <summary>
/// Threads that read, each with its own connection, so that a recovery waits for the disk on none of the actors' threads.
/// A thread is started when a read finds no idle one, up to the limit, and stays.
/// </summary>
internal sealed class Readers(string path, SqliteSettings settings)
{
    private readonly object _gate = new();
    private readonly Queue<Job> _waiting = new();
    private readonly List<Thread> _threads = [];
    private int _idle;
    private bool _closing;

    public Task<T> Read<T>(Func<ReadConnection, T> read)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            _waiting.Enqueue(new(connection => result.SetResult(read(connection)), e => Fail(result, e)));
            if (_waiting.Count > _idle && _threads.Count < settings.Readers)
                StartThread();
            Monitor.Pulse(_gate);
        }

        return result.Task;
    }

    /// <summary>Finishes what was asked for, then ends the threads.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.PulseAll(_gate);
        }

        _threads.ForEach(t => t.Join());
    }

    private static void Fail<T>(TaskCompletionSource<T> result, Exception e)
    {
        if (e is OperationCanceledException cancelled)
            result.TrySetCanceled(cancelled.CancellationToken);
        else
            result.TrySetException(e);
    }

    private void StartThread()
    {
        var thread = new Thread(Loop) { IsBackground = true, Name = $"sqlite-read-{Path.GetFileName(path)}" };
        _threads.Add(thread);
        thread.Start();
    }

    private void Loop()
    {
        ReadConnection? connection = null;
        while (Next() is { } job)
            connection = Do(job, connection);
        connection?.Dispose();
    }

    private ReadConnection? Do(Job job, ReadConnection? connection)
    {
        try
        {
            connection ??= ReadConnection.Open(path, settings);
            job.Run(connection);
            return connection;
        }
        catch (Exception e)
        {
            job.Fail(e);
            if (e is OperationCanceledException || !Faults.IsOfFile(e))
                return connection;
            connection?.Dispose();
            return null;
        }
    }

    private Job? Next()
    {
        lock (_gate)
        {
            _idle++;
            while (_waiting.Count == 0 && !_closing)
                Monitor.Wait(_gate);
            _idle--;
            return _waiting.TryDequeue(out var job) ? job : null;
        }
    }

    private sealed record Job(Action<ReadConnection> Run, Action<Exception> Fail);
}
