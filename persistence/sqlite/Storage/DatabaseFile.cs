namespace IpvlanActors.Sqlite.Storage;

/// <summary>A database file as this process has it open: one writer, some readers, and the threads they run on.</summary>
internal sealed class DatabaseFile
{
    private readonly Writer _writer;
    private readonly Readers _readers;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="predecessor">The same file, opened and closed before, whose writer may still be finishing.</param>
    public DatabaseFile(string path, SqliteSettings settings, DatabaseFile? predecessor)
    {
        Path = path;
        Settings = settings;
        _writer = new(path, settings);
        _readers = new(path, settings);
        var before = predecessor?._thread;
        // in the background: a process that ends without closing loses only what nobody was told was safe
        _thread = new(() => Run(before)) { IsBackground = true, Name = $"sqlite-write-{System.IO.Path.GetFileName(path)}" };
        _thread.Start();
    }

    public string Path { get; }

    public SqliteSettings Settings { get; }

    /// <summary>Everything asked for is done and the file is free for another process.</summary>
    public Task Closed => _closed.Task;

    public event Action Written
    {
        add => _writer.Written += value;
        remove => _writer.Written -= value;
    }

    public SqliteCounters Counters => _writer.Counters;

    public void Close() => _writer.Close();

    public Task Write(WriteJob job) => _writer.Enqueue(job);

    public Task Flush() => _writer.Enqueue(new(persistenceId: null, rows: 0, bytes: 0, static _ => { }, CancellationToken.None));

    public async Task<T> Read<T>(Func<ReadConnection, T> read)
    {
        if (!_writer.HasOpened)
            await Flush();
        return await _readers.Read(read);
    }

    /// <summary>
    /// Reads after what this id's actor has on its way, else a restarted actor could find a number free that is being written.
    /// </summary>
    public async Task<T> ReadAfterWritesOf<T>(string persistenceId, Func<ReadConnection, T> read)
    {
        if (_writer.PendingOf(persistenceId) is { } pending)
            await pending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await Read(read);
    }

    private void Run(Thread? before)
    {
        before?.Join();
        _writer.Run(beforeClosing: _readers.Close);
        _closed.SetResult();
    }
}
