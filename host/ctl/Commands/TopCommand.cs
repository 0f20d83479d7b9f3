using System.Diagnostics;
using System.Runtime.InteropServices;
using IpvlanActors.Ctl.Line;
using IpvlanActors.Ctl.Node;
using IpvlanActors.Daemon.Http.Contract;

namespace IpvlanActors.Ctl.Commands;

/// <summary>`top`: the node on one screen, live. Where there is no terminal, once.</summary>
internal static class TopCommand
{
    private const string Path = "v1/events";
    private const int WidthOfPaper = 120;
    private const string Enter = "\e[?1049h\e[?25l";
    private const string Home = "\e[H";
    private const string RestOfLine = "\e[K\n";
    private const string RestOfScreen = "\e[J";
    private const string Leave = "\e[?25h\e[?1049l";
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(500);

    public static Verb Build(Globals globals) =>
        new Verb("top", "Watch hosts, networks, endpoints and routes live; without a terminal, once", "ipvlanctl top")
            .Does(globals, s => s.Json ? Dump(s) : s.Around.Terminal() is null ? Once(s) : Live(s));

    /// <summary>A line of JSON for each thing that the node shows.</summary>
    private static async Task<int> Dump(Session session)
    {
        var answer = await session.Follow($"{Path}?only=state&follow=false", null, item =>
        {
            if (item.EventType == EventNames.State)
                session.Out.WriteLine(item.Data);
        });
        return answer is Answered ? ExitCode.Done : session.Complain(answer);
    }

    private static async Task<int> Once(Session session)
    {
        var picture = new NodePicture(Seconds);
        var answer = await session.Follow($"{Path}?only=state&follow=false", null, picture.Take);
        return answer is Answered ? session.Print(TopText.Draw(picture, WidthOfPaper, int.MaxValue / 2, colours: false)) : session.Complain(answer);
    }

    /// <summary>Ctrl-C ends it; nobody else may leave the terminal without its cursor.</summary>
    private static async Task<int> Live(Session session)
    {
        using var ended = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            ended.Cancel();
        });
        var (picture, gate) = (new NodePicture(Seconds), new Lock());
        var following = Follow(session, picture, gate);
        if (await Task.WhenAny(following, Task.Delay(Frame, CancellationToken.None)) == following && await following is { } first)
            return session.Complain(first);
        await session.Out.WriteAsync(Enter);
        try
        {
            while (!ended.IsCancellationRequested)
            {
                Show(session, picture, gate);
                await Task.WhenAny(Task.Delay(Frame, ended.Token));
                if (following.IsCompleted)
                    following = Return(session, picture, gate);
            }
        }
        finally
        {
            await session.Out.WriteAsync(Leave);
            await session.Out.FlushAsync(CancellationToken.None);
        }

        return ExitCode.Done;
    }

    private static void Show(Session session, NodePicture picture, Lock gate)
    {
        var (width, height) = session.Around.Terminal() ?? (WidthOfPaper, 40);
        string text;
        lock (gate)
            text = TopText.Draw(picture, width, height, colours: true);
        var lines = text.TrimEnd('\n').Split('\n').Take(height - 1);
        session.Out.Write(Home + string.Join(RestOfLine, lines) + RestOfScreen);
        session.Out.Flush();
    }

    private static async Task<Answer?> Return(Session session, NodePicture picture, Lock gate)
    {
        lock (gate)
            picture.IsStale = true;
        await session.ComeBack();
        return await Follow(session, picture, gate);
    }

    private static async Task<Answer?> Follow(Session session, NodePicture picture, Lock gate)
    {
        var answer = await session.Follow(Path, null, item =>
        {
            lock (gate)
                picture.Take(item);
        });
        return answer is Answered ? null : answer;
    }

    private static double Seconds() => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
}
