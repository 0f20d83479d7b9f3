namespace IpvlanActors.Sqlite.Storage;

/// <summary>
/// The right to write a database file, held by one process at a time: an flock on a file beside it, which the kernel
/// frees however the process ends. Not on the database itself, since closing any descriptor of that file would drop the
/// locks SQLite holds on it. The file stays when the lock goes: removing it would let two processes lock two files of one name.
/// </summary>
internal sealed class LockFile : IDisposable
{
    /// <summary>EAGAIN, by which flock says that another holds it; .NET hands on the kernel's number.</summary>
    private const int WouldBlock = 11;

    private readonly FileStream _stream;

    private LockFile(FileStream stream) => _stream = stream;

    public static LockFile Take(string database)
    {
        var path = database + ".lock";
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new DatabaseInUseException(database, path, e);
        }
    }

    public void Dispose() => _stream.Dispose();
}
