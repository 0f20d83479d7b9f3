using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace IpvlanActors.Sqlite.Storage;

/// <summary>Whose fault an error is: the statement's own, the whole transaction's, or the file's.</summary>
internal static class Faults
{
    /// <summary>
    /// The statement alone was undone and its transaction goes on: a constraint refused it, or it was too big. SQLite
    /// promises that of no other error; disk full and I/O errors may have rolled everything back.
    /// </summary>
    public static bool IsOfStatement(Exception e) => e switch
    {
        SqliteException s => s.SqliteErrorCode is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE,
        IOException => false,
        _ => true,
    };

    /// <summary>The file cannot be reached or trusted through this connection: open it anew before the next try.</summary>
    public static bool IsOfFile(Exception e) => e is IOException || (e is SqliteException s && s.SqliteErrorCode is raw.SQLITE_IOERR
        or raw.SQLITE_CORRUPT or raw.SQLITE_CANTOPEN or raw.SQLITE_NOTADB or raw.SQLITE_READONLY or raw.SQLITE_PROTOCOL);
}
