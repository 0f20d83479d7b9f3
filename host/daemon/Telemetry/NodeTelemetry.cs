using IpvlanActors.Daemon.Http;
using IpvlanActors.Runtime.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace IpvlanActors.Daemon.Telemetry;

/// <summary>
/// What the node measures, kept for whoever scrapes it, and sent to a collector if one is configured. Traces are made only
/// for a collector.
/// </summary>
internal sealed class NodeTelemetry : IDisposable
{
    private const string RuntimeMeter = "System.Runtime";

    /// <summary>ASP.NET Core's own source: a request at the door is the root of a command's trace.</summary>
    private const string Requests = "Microsoft.AspNetCore";
    private readonly NodeGauges _gauges;
    private readonly TracerProvider? _traces;

    public NodeTelemetry(NodeFacts facts, bool scraped)
    {
        _gauges = new(facts);
        var node = ResourceBuilder.CreateEmpty()
            .AddService("ipvland", serviceVersion: NodeApi.Version().Version, serviceInstanceId: facts.Node.Context.Host.ToString())
            .AddAttributes([new("host.name", facts.Node.Context.HostName)]);
        var metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(node).AddMeter(Instruments.MeterName, RuntimeMeter);
        if (scraped)
            metrics.AddPrometheusExporter(o => o.ScrapeResponseCacheDurationMilliseconds = 0);
        if (facts.Settings.Collector is { } collector)
        {
            metrics.SetExemplarFilter(ExemplarFilterType.TraceBased).AddOtlpExporter(o => SendTo(o, collector, "v1/metrics"));
            _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(node).AddSource(Spans.SourceName, Requests)
                .AddOtlpExporter(o => SendTo(o, collector, "v1/traces")).Build();
        }

        Metrics = metrics.Build();
    }

    public MeterProvider Metrics { get; }

    public void Dispose()
    {
        Metrics.Dispose();
        _traces?.Dispose();
        _gauges.Dispose();
    }

    /// <summary>An endpoint that is set by hand gets no path of itself (OTLP/HTTP specification, "Endpoint URLs").</summary>
    private static void SendTo(OtlpExporterOptions exporter, Uri collector, string path)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new(collector, path);
    }
}
