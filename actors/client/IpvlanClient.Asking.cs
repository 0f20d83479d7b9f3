using System.Diagnostics;
using Akka.Actor;
using IpvlanActors.Client.Messages;

namespace IpvlanActors.Client;

/// <summary>How it asks.</summary>
public sealed partial class IpvlanClient
{
    /// <summary>For one try; then it is asked again, perhaps of another host.</summary>
    private static readonly TimeSpan ForQuestions = TimeSpan.FromSeconds(3);

    /// <summary>A kernel, a registry and several disks may have to do with it.</summary>
    private static readonly TimeSpan ForCommands = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(250);

    /// <summary>The way to the host is broken, or the host is not ready: whoever only asks may ask again.</summary>
    private static readonly string[] NotNow = ["host-unreachable", "not-ready"];

    /// <summary>Nothing is changed by it, so it is asked until somebody answers.</summary>
    private async Task<Wire.Reply> Question(Wire.Request request, CancellationToken cancel)
    {
        using var limit = Limit(cancel);
        return await Again(request, ForQuestions, limit, cancel);
    }

    /// <summary>It has a key, so it comes about once, however often it is said.</summary>
    private async Task<Wire.Reply> Once(Wire.Request request, CancellationToken cancel)
    {
        using var limit = Limit(cancel);
        return await Again(request, ForCommands, limit, cancel);
    }

    /// <summary>Said once, right after a host has shown that it is there.</summary>
    private async Task<Wire.Reply> Command(Wire.Request request, CancellationToken cancel)
    {
        using var limit = Limit(cancel);
        await Again(new() { Cluster = new() }, ForQuestions, limit, cancel);
        try
        {
            return await Try(request, _timeout, limit.Token);
        }
        catch (Exception e) when (e is AskTimeoutException or OperationCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            throw new TimeoutException($"{Whom} did not answer in {_timeout.TotalSeconds} s; nobody knows whether the command was carried out: look, then repeat it if need be.", e);
        }
    }

    private async Task<Wire.Reply> Again(Wire.Request request, TimeSpan patience, CancellationTokenSource limit, CancellationToken cancel)
    {
        IpvlanRefusedException? refused = null;
        while (true)
        {
            try
            {
                return await Try(request, patience, limit.Token);
            }
            catch (IpvlanRefusedException e) when (NotNow.Contains(e.Code))
            {
                refused = e;
            }
            catch (AskTimeoutException)
            {
                // the host may be gone: the connection is looking for another
            }
            catch (OperationCanceledException)
            {
                throw GivenUp(refused, cancel);
            }

            if (!await Rest(Breath, limit.Token))
                throw GivenUp(refused, cancel);
        }
    }

    /// <exception cref="IpvlanRefusedException">It was refused.</exception>
    private async Task<Wire.Reply> Try(Wire.Request request, TimeSpan patience, CancellationToken cancel)
    {
        request.Host = _host;
        request.Traceparent = Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } trace } ? trace : "";
        if (request.CalculateSize() is var size and > ClientProtocol.MaxBytes)
            throw new IpvlanRefusedException([new(ClientProtocol.RequestInvalid, $"the request has {size} bytes, more than {ClientProtocol.MaxBytes}, and would hold up others: say less at a time.")]);
        return Answer(await _connection.Ask(request, patience, cancel));
    }

    private Wire.Reply Answer(object answer) => answer switch
    {
        Wire.Reply { AnswerCase: Wire.Reply.AnswerOneofCase.Refused } refused => throw new IpvlanRefusedException(FromWire.Reasons(refused.Refused)),
        Wire.Reply { AnswerCase: not Wire.Reply.AnswerOneofCase.None } reply => reply,
        Wire.Reply => throw new InvalidDataException($"{Whom} answered something that this version of the client does not know: it is newer; take a newer client."),
        Unreadable unreadable => throw new InvalidDataException($"{Whom} answered, but {unreadable.Why}"),
        Status.Failure failure => throw new InvalidDataException($"{Whom} failed to answer: {failure.Cause?.Message}", failure.Cause),
        _ => throw new InvalidDataException($"{Whom} answered with {answer.GetType().Name}: it is no host of ours."),
    };

    private T Expected<T>(T? part)
        where T : class =>
        part ?? throw new InvalidDataException($"{Whom} answered another question than the one that was asked.");

    private Exception GivenUp(IpvlanRefusedException? refused, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return refused ?? (Exception)new TimeoutException(
            $"{Whom} did not answer in {_timeout.TotalSeconds} s: see that a host of the cluster is up, that ipvland.client.enabled is true or on by TLS there, and that both sides speak TLS or neither.");
    }

    private string Whom => _host.Length == 0 ? "the cluster" : $"host {_host}";

    private CancellationTokenSource Limit(CancellationToken cancel)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(_timeout);
        return limit;
    }

    /// <returns>False: it was cancelled.</returns>
    private static async Task<bool> Rest(TimeSpan time, CancellationToken cancel)
    {
        await Task.Delay(time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancel.IsCancellationRequested;
    }
}
