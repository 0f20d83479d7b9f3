using IpvlanActors.Sqlite.Storage;

namespace IpvlanActors.Sqlite;

/// <summary>
/// A share in a database file. All in this process that name the same file share its one writer, its readers and its lock,
/// whichever actor system they belong to; the last to dispose of its share closes the file. Opening does no I/O itself:
/// the file is opened on the writer's thread, and a failure (<see cref="DatabaseInUseException"/>, a disk that is full) is
/// told to everyone who asks for something, each of whom makes it try again.
/// </summary>
public sealed class SqliteDatabase : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, Shared> Open_ = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, DatabaseFile> Closing = new(StringComparer.Ordinal);

    private readonly DatabaseFile _file;
    private int _disposed;

    private SqliteDatabase(DatabaseFile file) => _file = file;

    public string Path => _file.Path;

    public SqliteCounters Counters => _file.Counters;

    /// <summary>
    /// Raised whenever somebody in this process has written, once it is durable and may be read. On the writer's thread: a
    /// handler must be quick and must not throw.
    /// </summary>
    public event Action Written
    {
        add => _file.Written += value;
        remove => _file.Written -= value;
    }

    internal DatabaseFile File => _file;

    /// <param name="settings">If the file is open already these must be what it was opened with; null takes them as they are.</param>
    public static SqliteDatabase Open(string path, SqliteSettings? settings = null)
    {
        var full = FullPath(path);
        lock (Gate)
        {
            if (!Open_.TryGetValue(full, out var shared))
                Open_[full] = shared = new(new(full, settings ?? new(), Closing.GetValueOrDefault(full)));
            else if (settings is not null && settings != shared.File.Settings)
                throw new InvalidOperationException($"{full} is open with other settings: {shared.File.Settings}, not {settings}.");
            shared.Shares++;
            return new(shared.File);
        }
    }

    /// <summary>
    /// Completes when the file is open and all that was asked for before is durable; fails with what keeps it from opening.
    /// </summary>
    public Task Ready() => _file.Flush();

    /// <summary>
    /// Events of all ids with a higher ordering than this, in that order; at most so many. Orderings are given under the one
    /// writer's lock: after a reader has seen one, no lower one can appear.
    /// </summary>
    public Task<List<JournalRow>> After(long ordering, int max) => _file.Read(c => c.After(ordering, max));

    /// <summary>The highest ordering given so far, also if that event was deleted; 0 if there never was any.</summary>
    public Task<long> MaxOrdering() => _file.Read(c => c.MaxOrdering());

    /// <summary>Events of one id from this sequence number on, in that order; at most so many.</summary>
    public Task<List<JournalRow>> Of(string persistenceId, long fromSequenceNr, int max) =>
        _file.Read(c => c.Of(persistenceId, fromSequenceNr, max));

    /// <summary>Completes when nobody in this process has the file open any more, nor is still closing it.</summary>
    public static Task WhenClosed(string path)
    {
        var full = FullPath(path);
        lock (Gate)
        {
            if (Open_.TryGetValue(full, out var shared))
                return shared.File.Closed;
            return Closing.TryGetValue(full, out var closing) ? closing.Closed : Task.CompletedTask;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        lock (Gate)
        {
            if (--Open_[_file.Path].Shares > 0)
                return;
            Open_.Remove(_file.Path);
            Closing[_file.Path] = _file;
        }

        _file.Close();
        _ = Forget(_file);
    }

    private static async Task Forget(DatabaseFile file)
    {
        await file.Closed;
        lock (Gate)
        {
            if (Closing.GetValueOrDefault(file.Path) == file)
                Closing.Remove(file.Path);
        }
    }

    /// <summary>One file, one key: a link is the file it leads to.</summary>
    private static string FullPath(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var full = System.IO.Path.GetFullPath(path);
        return new FileInfo(full).LinkTarget is null ? full : System.IO.File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
    }

    private sealed class Shared(DatabaseFile file)
    {
        public DatabaseFile File { get; } = file;

        public int Shares { get; set; }
    }
}
