namespace IpvlanActors.Sqlite.Storage;

/// <summary>
/// The only writer of a database file in this process, on a thread of its own. Whatever waits when it is free becomes one
/// transaction; nothing waits for company. Since an fsync takes longer than a hundred inserts, those who come during one
/// share the next, and nobody has to tune a delay.
/// </summary>
internal sealed class Writer(string path, SqliteSettings settings)
{
    /// <summary>With large payloads a group ends here, so that the log does not grow by a thousand of them at once.</summary>
    private const long MaxGroupBytes = 8 * 1024 * 1024;

    private readonly object _gate = new();
    private readonly Queue<WriteJob> _waiting = new();
    private readonly Dictionary<string, WriteJob> _lastOf = new(StringComparer.Ordinal);
    private readonly List<WriteJob> _group = [];
    private WriteConnection? _connection;
    private LockFile? _lock;
    private bool _closing;
    private volatile bool _hasOpened;
    private long _commits;
    private long _rows;
    private long _failures;

    /// <summary>Raised on the writer's thread whenever events may have been added, after whoever wrote them was told.</summary>
    public event Action? Written;

    /// <summary>Once true the file exists with its tables, and may be read.</summary>
    public bool HasOpened => _hasOpened;

    public SqliteCounters Counters => new(
        Interlocked.Read(ref _commits), Interlocked.Read(ref _rows), Interlocked.Read(ref _failures));

    public Task Enqueue(WriteJob job)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            _waiting.Enqueue(job);
            if (job.PersistenceId is not null)
                _lastOf[job.PersistenceId] = job;
            Monitor.Pulse(_gate);
        }

        return job.Done;
    }

    /// <summary>The last write of this id that is not settled yet, whichever actor system asked for it.</summary>
    public Task? PendingOf(string persistenceId)
    {
        lock (_gate)
            return _lastOf.TryGetValue(persistenceId, out var job) ? job.Done : null;
    }

    /// <summary>Writes until it is closed and nothing waits any more; then lets go of the file.</summary>
    public void Run(Action beforeClosing)
    {
        OpenAhead();
        while (TakeGroup())
            CommitGroup();
        beforeClosing();
        Drop();
        _lock?.Dispose();
    }

    public void Close()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>While the actor system is still starting. A failure is told to whoever asks first, who tries again.</summary>
    private void OpenAhead()
    {
        try
        {
            _ = Opened();
        }
        catch (Exception)
        {
            Drop();
        }
    }

    private bool TakeGroup()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_closing)
                Monitor.Wait(_gate);

            var rows = 0;
            var bytes = 0L;
            while (_waiting.TryPeek(out var next) && (_group.Count == 0 || (rows + next.Rows <= settings.MaxGroup && bytes + next.Bytes <= MaxGroupBytes)))
            {
                _group.Add(_waiting.Dequeue());
                rows += next.Rows;
                bytes += next.Bytes;
            }

            return _group.Count > 0;
        }
    }

    private void CommitGroup()
    {
        try
        {
            Transaction(_group);
        }
        catch (Exception e)
        {
            RollBack(e);
            if (_group.Count == 1)
                _group[0].Failure = e;
            else
                CommitSingly();
        }

        Settle();
    }

    /// <summary>
    /// One of them, or all together, were more than the file could take: each gets its own try and its own answer. Unless
    /// the file itself is out of reach, which asking a thousand times would not mend.
    /// </summary>
    private void CommitSingly()
    {
        Exception? unreachable = null;
        foreach (var job in _group)
        {
            job.Failure = unreachable ?? CommitAlone(job);
            if (job.Failure is { } failure && Faults.IsOfFile(failure))
                unreachable = failure;
        }
    }

    private Exception? CommitAlone(WriteJob job)
    {
        try
        {
            job.Failure = null;
            Transaction([job]);
            return job.Failure;
        }
        catch (Exception e)
        {
            RollBack(e);
            return e;
        }
    }

    private void Transaction(List<WriteJob> jobs)
    {
        var connection = Opened();
        if (jobs.TrueForAll(j => j.Rows == 0))
            return;

        connection.Begin();
        foreach (var job in jobs)
            Attempt(connection, job);
        connection.Commit();
        Interlocked.Increment(ref _commits);
    }

    private static void Attempt(WriteConnection connection, WriteJob job)
    {
        try
        {
            job.Run(connection);
        }
        catch (Exception e) when (Faults.IsOfStatement(e))
        {
            job.Failure = e;
        }
    }

    private WriteConnection Opened()
    {
        if (_connection is not null)
            return _connection;

        _lock ??= TakeLock();
        _connection = WriteConnection.Open(path, settings);
        _hasOpened = true;
        return _connection;
    }

    private LockFile TakeLock()
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        return LockFile.Take(path);
    }

    private void RollBack(Exception cause)
    {
        try
        {
            _connection?.RollBack();
            if (Faults.IsOfFile(cause))
                Drop();
        }
        catch (Exception)
        {
            Drop();
        }
    }

    private void Drop()
    {
        try
        {
            _connection?.Dispose();
        }
        catch (Exception)
        {
            // nothing acknowledged is lost by a connection that will not close: it is in the file or in its log
        }

        _connection = null;
    }

    private void Settle()
    {
        lock (_gate)
        {
            foreach (var job in _group)
            {
                if (job.PersistenceId is not null && _lastOf.TryGetValue(job.PersistenceId, out var last) && last == job)
                    _lastOf.Remove(job.PersistenceId);
            }
        }

        foreach (var job in _group)
        {
            _ = job.Failure is null ? Interlocked.Add(ref _rows, job.Rows) : Interlocked.Increment(ref _failures);
            job.Settle(job.Failure);
        }

        _group.Clear();
        Written?.Invoke();
    }
}
