namespace IpvlanActors.Client.Connections;

/// <summary>A way to whichever host answers.</summary>
internal interface IConnection : IAsyncDisposable
{
    /// <returns>What came back, whatever it is.</returns>
    /// <exception cref="Akka.Actor.AskTimeoutException">Nothing did.</exception>
    Task<object> Ask(Wire.Request request, TimeSpan patience, CancellationToken cancel);
}
