using System.Text.Json;
using Akka.Event;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Domain.Networks;
using IpvlanActors.Runtime;

namespace IpvlanActors.Daemon.Docker;

/// <summary>
/// Asks dockerd now and then what it has, since it does not always say what it has lost: after a crash of it or of ours, calls
/// are missing that nobody will repeat. What it knows no more is released. While it does not answer nothing is done, for
/// containers run without it.
/// </summary>
internal sealed class DockerWatch : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks while something is missing, or dockerd gave back what we think is in use.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    /// <summary>dockerd lists what it creates within milliseconds; a machine under load may take seconds.</summary>
    private static readonly TimeSpan MissingFor = TimeSpan.FromSeconds(5);

    private readonly AskNode _ask;
    private readonly Boards _boards;
    private readonly DockerApi _api;
    private readonly DockerNetworks? _networks;
    private readonly ILoggingAdapter _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Suspicion<EndpointId> _endpoints = new(MissingFor);
    private readonly Suspicion<string> _bindings = new(MissingFor);
    private readonly SemaphoreSlim _ended = new(0);
    private long _next = TimeProvider.System.GetTimestamp();
    private string _trouble = "";

    /// <param name="networks">Keeps Docker's networks as the cluster's are; null: people do that.</param>
    public DockerWatch(AskNode ask, Boards boards, DockerApi api, DockerNetworks? networks, ILoggingAdapter log)
    {
        (_ask, _boards, _api, _networks, _log) = (ask, boards, api, networks, log);
        _ = Run();
    }

    /// <summary>Look soon: something does not fit.</summary>
    public void Doubt() => LookIn(Soon);

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        await _ended.WaitAsync(); // what it is doing now, it finishes
        _ended.Dispose();
        _stop.Dispose();
        _api.Dispose();
    }

    private void LookIn(TimeSpan time)
    {
        var next = TimeProvider.System.GetTimestamp() + (long)(time.TotalSeconds * TimeProvider.System.TimestampFrequency);
        if (next < Volatile.Read(ref _next))
            Volatile.Write(ref _next, next);
    }

    private async Task Run()
    {
        using var timer = new PeriodicTimer(Tick);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (TimeProvider.System.GetTimestamp() < Volatile.Read(ref _next) && _networks?.IsBehind != true)
                    continue;
                Volatile.Write(ref _next, long.MaxValue);
                LookIn(Period);
                await LookSafely();
            }
        }
        catch (OperationCanceledException)
        {
            // told to stop
        }
        finally
        {
            _ended.Release();
        }
    }

    private async Task LookSafely()
    {
        try
        {
            await Look();
            if (_networks is not null)
                await _networks.Follow();
            _trouble = "";
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException or InvalidOperationException && !_stop.IsCancellationRequested)
        {
            // an answer that did not come says nothing of what dockerd has
            _endpoints.Clear();
            _bindings.Clear();
            if (_trouble != e.Message)
                _log.Info("dockerd was not asked what it has: {Cause}", e.Message);
            _trouble = e.Message;
        }

        if (!_endpoints.IsEmpty || !_bindings.IsEmpty || (_networks is not null && _trouble.Length > 0))
            LookIn(Soon);
    }

    private async Task Look()
    {
        var view = _boards.View.Current; // before dockerd is asked: what comes later is not missed
        var (endpoints, bindings) = (new List<EndpointId>(), new List<string>());
        foreach (var (id, network) in view.Networks)
        {
            if (network.Binding is not { } binding)
                continue;
            var known = await _api.Endpoints(binding.Key);
            if (known is null)
                bindings.Add(binding.Key);
            endpoints.AddRange(Missing(view, id, known));
        }

        var now = TimeProvider.System.GetUtcNow();
        foreach (var lost in _endpoints.Look(endpoints, now))
            await Try(new ForgetEndpointCommand(lost));
        foreach (var lost in _bindings.Look(bindings, now))
            await Try(new UnbindNetworkCommand(lost));
    }

    private static IEnumerable<EndpointId> Missing(HostView view, NetworkId network, IReadOnlyList<string>? known)
    {
        var ids = (known ?? []).Select(NetworkDriver.EndpointIdOf).ToHashSet();
        return view.EndpointsOf(network).Where(e => e.IsOfRuntime && !ids.Contains(e.Endpoint)).Select(e => e.Endpoint);
    }

    private async Task Try(INodeCommand command)
    {
        if (await _ask(command) is Refused refused)
            _log.Warning("{Command}: {Refusal}", command, string.Join(" ", refused.Reasons));
    }
}
