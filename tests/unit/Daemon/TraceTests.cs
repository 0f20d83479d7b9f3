using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using IpvlanActors.Daemon;
using IpvlanActors.Runtime;
using IpvlanActors.Runtime.Telemetry;
using IpvlanActors.Tests.Unit.Runtime;
using Xunit;

namespace IpvlanActors.Tests.Unit.Daemon;

public sealed class TraceTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TestHost _host = new();
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await _host.Start();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_join_is_one_trace_from_the_door_to_the_kernel()
    {
        await _node.Create("web", "10.1.0.0/24", ("parent", "eth0"));
        var command = TestNode.Joining("web", _host.Container("c1"));

        var spans = await Traced(command);

        Assert.All(spans.Values, s => Assert.Equal(spans["door"].TraceId, s.TraceId));
        Assert.Equal(
            ["JoinEndpointCommand < door", "allocate addresses < JoinEndpointCommand", "journal the join < JoinEndpointCommand", "kernel < plug the link", "plug the link < JoinEndpointCommand"],
            spans.Values.Where(s => s.DisplayName != "door").Select(s => $"{s.DisplayName} < {spans.Values.Single(p => p.SpanId == s.ParentSpanId).DisplayName}").Order(StringComparer.Ordinal));
        Assert.Equal("done", spans["JoinEndpointCommand"].GetTagItem(Instruments.OutcomeTag));
    }

    /// <summary>That is what an exemplar is made of: from the slow bucket of a histogram to the trace of one that was slow.</summary>
    [Fact]
    public async Task How_long_a_command_took_is_measured_in_its_trace()
    {
        var measured = new ConcurrentQueue<ActivityTraceId?>();
        using var meter = new MeterListener { InstrumentPublished = static (i, l) => Listen(i, l) };
        meter.SetMeasurementEventCallback<double>((_, _, _, _) => measured.Enqueue(Activity.Current?.TraceId));
        meter.Start();
        var spans = await Traced(TestNode.Joining("nowhere", _host.Container("c1")));
        Assert.Contains(spans["door"].TraceId, measured);

        static void Listen(Instrument instrument, MeterListener listener)
        {
            if (instrument is { Name: "ipvland.command.duration", Meter.Name: Instruments.MeterName })
                listener.EnableMeasurementEvents(instrument);
        }
    }

    [Fact]
    public async Task A_refused_command_says_so_in_its_trace()
    {
        var spans = await Traced(TestNode.Joining("nowhere", _host.Container("c1")));
        Assert.Equal("network-unknown", spans["JoinEndpointCommand"].GetTagItem(Instruments.OutcomeTag));
        Assert.DoesNotContain("kernel", spans.Keys);
    }

    /// <summary>Spans of other tests, which run meanwhile, have other traces.</summary>
    private async Task<Dictionary<string, Activity>> Traced(INodeCommand command)
    {
        var ended = new ConcurrentQueue<Activity>();
        using var door = new ActivitySource("test door");
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is Spans.SourceName or "test door",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        ActivityTraceId trace;
        using (var request = door.StartActivity("door")!)
        {
            trace = request.TraceId;
            await new Node(_node.System, _node.Context, _node.Gateway, 1).Ask(command, Patience);
        }

        await Eventually.True(() => ended.Any(s => s.TraceId == trace && s.DisplayName == command.GetType().Name), "the command's span ends");
        return ended.Where(s => s.TraceId == trace).ToDictionary(s => s.DisplayName);
    }
}
