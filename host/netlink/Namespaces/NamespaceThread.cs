using System.Runtime.ExceptionServices;
using IpvlanActors.Netlink.Sockets;
using static Tmds.Linux.LibC;

namespace IpvlanActors.Netlink.Namespaces;

/// <summary>
/// The one thread that visits other namespaces. A namespace belongs to a thread, so a thread of the pool that could not
/// come back would run others' work in a container; this one lives for nothing else, and one that cannot come back dies
/// and is replaced. In a namespace it only opens sockets, which stay there, and writes sysctls, which are resolved in
/// the calling thread's namespace.
/// </summary>
internal sealed class NamespaceThread(NetworkNamespace home) : IDisposable
{
    private readonly Lock _callers = new();
    private readonly SemaphoreSlim _asked = new(0);
    private readonly SemaphoreSlim _answered = new(0);
    private Thread? _thread;
    private Work? _work;
    private bool _ended;

    /// <summary>Runs work in a namespace, and returns when the thread is back. One caller at a time; the others wait.</summary>
    /// <exception cref="NetlinkException">The namespace could not be entered (EPERM without CAP_SYS_ADMIN).</exception>
    public T Run<T>(NetworkNamespace there, Func<T> work)
    {
        T? result = default;
        lock (_callers)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            Start();
            var asked = new Work(there, () => result = work());
            _work = asked;
            _asked.Release();
            _answered.Wait();
            asked.Error?.Throw();
        }

        return result!;
    }

    public void Dispose()
    {
        lock (_callers)
        {
            if (_ended)
                return;
            _ended = true;
            _work = null;
            _asked.Release();
            _thread?.Join();
        }

        _asked.Dispose();
        _answered.Dispose();
    }

    private void Start()
    {
        if (_thread is { IsAlive: true })
            return;
        _thread = new(Live) { IsBackground = true, Name = "netlink-namespaces" };
        _thread.Start();
    }

    private void Live()
    {
        // a new thread is born where its maker is, and that may be anywhere
        var lost = GoHome();
        do
        {
            _asked.Wait();
            if (_work is not { } work)
                return;
            if (lost is null)
                lost = Visit(work);
            else
                work.Error = ExceptionDispatchInfo.Capture(lost);
            if (lost is not null)
                _thread = null; // before the caller goes on, so that its next call finds no dying thread
            _answered.Release();
        }
        while (lost is null);
    }

    private NetlinkException? GoHome() =>
        setns(home.Fd, CLONE_NEWNET) == 0 ? null : NetlinkException.Last("setns to the host's own namespace");

    /// <returns>Why the thread is not back home, or null if it is.</returns>
    private NetlinkException? Visit(Work work)
    {
        try
        {
            if (setns(work.There.Fd, CLONE_NEWNET) != 0)
                throw NetlinkException.Last($"setns {work.There.Path}");
            work.Do();
        }
        catch (Exception e)
        {
            work.Error = ExceptionDispatchInfo.Capture(e);
        }

        return GoHome();
    }

    private sealed class Work(NetworkNamespace there, Action @do)
    {
        public NetworkNamespace There { get; } = there;

        public Action Do { get; } = @do;

        public ExceptionDispatchInfo? Error { get; set; }
    }
}
