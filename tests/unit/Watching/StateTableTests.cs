using CsCheck;
using IpvlanActors.Domain.Addressing;
using IpvlanActors.Runtime.Watching;
using Xunit;

namespace IpvlanActors.Tests.Unit.Watching;

public class StateTableTests
{
    private static readonly NetworkId Network = NetworkId.From(new Guid(1, 2, 3, new byte[8]));
    private static readonly HostId Host = new(Guid.Empty);

    /// <summary>Whatever is put, whoever asks whenever and for however little at a time: in the end all hold what is there.</summary>
    [Fact]
    public void Whoever_follows_ends_with_what_there_is() =>
        Gen.Select(
                Gen.Select(Gen.Int[1, 12], Gen.Int[0, 2]).Array[0, 10].Array[1, 12], // states: which things, each in one of three shapes
                Gen.Bool.Array[1, 40], // does the follower ask after this step?
                Gen.Int[1, 4], // how many at a time
                Gen.Int[0, 3]) // how many gone are remembered
            .Sample((states, asks, limit, gone) =>
            {
                var table = new StateTable(7, gone);
                var (held, mark) = (new Dictionary<string, Shown>(), (StateMark?)null);
                var last = new Dictionary<string, Shown>();
                for (var n = 0; n < states.Length; n++)
                {
                    last = states[n].Select(s => Block(s.Item1, s.Item2)).DistinctBy(b => b.Key).ToDictionary(b => b.Key, b => (Shown)b);
                    table.Put(ShownKind.Block, last);
                    if (asks[n % asks.Length])
                        mark = Ask(table, mark, limit, held).Mark;
                }

                StateNews news;
                var questions = 0;
                do
                {
                    news = Ask(table, mark, limit, held);
                    mark = news.Mark;
                    Assert.True(questions++ < 100, "never ends");
                }
                while (news.More);
                Assert.Equal(last.Values.OrderBy(b => b.Key, StringComparer.Ordinal), held.Values.OrderBy(b => b.Key, StringComparer.Ordinal));
            }, iter: 3000);

    [Fact]
    public void What_did_not_change_is_not_told_again()
    {
        var table = new StateTable(7);
        table.Put(ShownKind.Block, Of(Block(1, 0), Block(2, 0)));
        var mark = table.Since(null, 10, _ => true).Mark;
        table.Put(ShownKind.Block, Of(Block(1, 0), Block(2, 1)));
        var news = table.Since(mark, 10, _ => true);
        Assert.Equal(Block(2, 1), Assert.Single(news.Changes).Value);
        Assert.False(news.Reset);
        Assert.Empty(table.Since(news.Mark, 10, _ => true).Changes);
    }

    [Fact]
    public void A_mark_of_another_life_is_a_reset()
    {
        var table = new StateTable(7);
        table.Put(ShownKind.Block, Of(Block(1, 0)));
        Assert.True(table.Since(new(8, 0, 1), 10, _ => true).Reset);
        Assert.True(table.Since(new(7, 0, 9), 10, _ => true).Reset);
        Assert.False(table.Since(new(7, 0, 1), 10, _ => true).Reset);
    }

    [Fact]
    public void Marks_and_cursors_are_read_as_they_are_written()
    {
        Assert.True(StateMark.TryParse(new StateMark(0xFEDC, 3, 9).ToString(), out var mark));
        Assert.Equal(new StateMark(0xFEDC, 3, 9), mark);
        Assert.True(Cursor.TryParse(new Cursor(12, 0xAB).ToString(), out var cursor));
        Assert.Equal(new Cursor(12, 0xAB), cursor);
        Assert.True(Cursor.TryParse("12", out cursor));
        Assert.Equal(new Cursor(12, null), cursor);
        foreach (var wrong in (string[])["", "-1", "x", "12-", "12-zz", "12-000000ab-", "+1", " 1", "99999999999999999999"])
            Assert.False(Cursor.TryParse(wrong, out _), wrong);
    }

    private static StateNews Ask(StateTable table, StateMark? mark, int limit, Dictionary<string, Shown> held)
    {
        var news = table.Since(mark, limit, _ => true);
        if (news.Reset)
            held.Clear();
        Assert.True(news.Changes.Length <= limit);
        foreach (var change in news.Changes)
        {
            if (change.Value is null)
                held.Remove(change.Key);
            else
                held[change.Key] = change.Value;
        }

        return news;
    }

    private static Dictionary<string, Shown> Of(params Shown[] shown) => shown.ToDictionary(s => s.Key);

    private static BlockShown Block(int n, int shape) =>
        new(Network, "web", Prefix.Of(Ip.Parse("10.0.0.0").Offset((ulong)(n * 64)), 26), Host, "h1", shape, null);
}
