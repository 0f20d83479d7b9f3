using System.CommandLine;
using System.Diagnostics;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using IpvlanActors.Ctl.Line;
using IpvlanActors.Ctl.Node;
using IpvlanActors.Ctl.Output;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Ctl;

/// <summary>One command being run: what was said on its line, the node it speaks to, and where its words go.</summary>
internal sealed class Session : IDisposable
{
    /// <summary>A reply that lacks something is refused as a whole: better than a table with holes.</summary>
    private static readonly ContractJson Contract = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    });

    private static readonly ProblemReason NotUnderstood =
        new("reply", "the node's reply was not understood; are ipvlanctl and ipvland of one version? see 'ipvlanctl version'");

    private readonly string? _format;
    private readonly NodeClient _node;
    private readonly CancellationToken _cancel;

    public Session(ParseResult parsed, Globals globals, CancellationToken cancel)
    {
        Parsed = parsed;
        _cancel = cancel;
        _format = parsed.GetValue(globals.Format);
        Around = globals.Around;
        var named = parsed.GetValue(globals.Socket) ?? Around.Variable(Globals.SocketVariable);
        _node = new NodeClient(string.IsNullOrEmpty(named) ? Globals.DefaultSocket : named, Around.Patience);
    }

    public Surroundings Around { get; }

    public ParseResult Parsed { get; }

    public TextWriter Out => Around.Out;

    public bool Json => _format == "json";

    /// <summary>For inspect, as Docker has it.</summary>
    public bool JsonUnlessTable => _format != "table";

    public T? Get<T>(Option<T> option) => Parsed.GetValue(option);

    public T Get<T>(Argument<T> argument) => Parsed.GetRequiredValue(argument);

    public static string Escape(string text) => Uri.EscapeDataString(text);

    public Task<Answer> Send(HttpMethod method, string path) => _node.Send(method, path, null, _cancel);

    /// <summary>GET, then the reply as JSON or drawn.</summary>
    public Task<int> Show<T>(string path, Func<ContractJson, JsonTypeInfo<T>> type, Action<T, TextWriter> draw) =>
        Ask(HttpMethod.Get, path, null, body => Draw(body, Json, type, draw));

    /// <summary>POST, then the reply as JSON or what of it a script wants.</summary>
    public Task<int> Make<TRequest, T>(
        string path, TRequest request, Func<ContractJson, (JsonTypeInfo<TRequest> Request, JsonTypeInfo<T> Reply)> types, Func<T, string> id) =>
        Ask(
            HttpMethod.Post,
            path,
            JsonSerializer.SerializeToUtf8Bytes(request, types(ContractJson.Default).Request),
            body => Draw(body, Json, c => types(c).Reply, (reply, output) => output.WriteLine(Table.Printable(id(reply)))));

    /// <summary>A change that has no reply worth a table: its subject is named again, as Docker does.</summary>
    /// <param name="how">How far it is, for whoever waits at a terminal.</param>
    public async Task<int> Do(HttpMethod method, string path, string done, Func<Task<string>>? how = null) =>
        Told(await Watched(() => Send(method, path), how), body => Print(Json ? JsonText.Of(body) : $"{done}\n"));

    /// <summary>All of them, whatever becomes of one; but a node that is not there is not asked again.</summary>
    public static async Task<int> Each(IEnumerable<string> names, Func<string, Task<int>> act)
    {
        var worst = ExitCode.Done;
        foreach (var name in names)
        {
            worst = Math.Max(worst, await act(name));
            if (worst == ExitCode.Unreachable)
                break;
        }

        return worst;
    }

    public async Task<int> Ask(HttpMethod method, string path, byte[]? request, Func<byte[], int> answered) =>
        Told(await _node.Send(method, path, request, _cancel), answered);

    private int Told(Answer answer, Func<byte[], int> answered) => answer is Answered(var body) ? Reading(() => answered(body)) : Complain(answer);

    /// <summary>One line, which is gone at the end; nothing where nobody looks, nor for what is done at once.</summary>
    private async Task<Answer> Watched(Func<Task<Answer>> start, Func<Task<string>>? how)
    {
        const string StartAndErase = "\r\e[K";
        var work = start();
        if (how is null || Around.Terminal() is not { } terminal)
            return await work;
        var (started, shown) = (Stopwatch.GetTimestamp(), false);
        while (await Task.WhenAny(work, Task.Delay(Around.Frame, _cancel)) != work)
        {
            var text = FormattableString.Invariant($"{await how()}, {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
            await Out.WriteAsync(StartAndErase + text[..Math.Min(text.Length, terminal.Width - 1)]);
            await Out.FlushAsync(_cancel);
            shown = true;
        }

        if (shown)
            await Out.WriteAsync(StartAndErase);
        return await work;
    }

    /// <summary>Server-sent events. What each of them is shown by may not read them: that is told as such.</summary>
    public async Task<Answer> Follow(string path, string? last, Action<SseItem<string>> each)
    {
        try
        {
            return await _node.Follow(path, last, each, _cancel);
        }
        catch (JsonException)
        {
            return new Declined([NotUnderstood]);
        }
    }

    /// <summary>Waits before the next try to follow a node that has gone away.</summary>
    public Task ComeBack() => Task.Delay(Around.ComeBack, _cancel);

    public int Complain(Answer answer) => answer switch
    {
        Declined(var reasons) => reasons.Aggregate(ExitCode.Refused, (code, reason) => Complain(reason.Text, reason.Code, code)),
        NotReached(var text) => Complain(text, "unreachable", ExitCode.Unreachable),
        _ => throw new UnreachableException(),
    };

    /// <summary>Reads and shows replies; one that cannot be read is told as such.</summary>
    public int Reading(Func<int> show)
    {
        try
        {
            return show();
        }
        catch (JsonException)
        {
            return Complain(NotUnderstood.Text, NotUnderstood.Code, ExitCode.Refused);
        }
    }

    public int Draw<T>(byte[] body, bool json, Func<ContractJson, JsonTypeInfo<T>> type, Action<T, TextWriter> draw)
    {
        if (json)
            Out.Write(JsonText.Of(body));
        else
            draw(Read(body, type), Out);
        return ExitCode.Done;
    }

    public static T Read<T>(byte[] body, Func<ContractJson, JsonTypeInfo<T>> type) =>
        JsonSerializer.Deserialize(body, type(Contract)) ?? throw new JsonException();

    /// <exception cref="JsonException">It lacks something.</exception>
    public static T Read<T>(string json, Func<ContractJson, JsonTypeInfo<T>> type) =>
        JsonSerializer.Deserialize(json, type(Contract)) ?? throw new JsonException();

    public int Print(string text)
    {
        Out.Write(text);
        return ExitCode.Done;
    }

    public void Note(string text) => Around.Error.WriteLine($"ipvlanctl: note: {text}");

    public int Complain(string text, string code, int exit)
    {
        Around.Error.WriteLine($"ipvlanctl: {Table.Printable(text)} [{Table.Printable(code)}]");
        return exit;
    }

    public void Dispose() => _node.Dispose();
}
