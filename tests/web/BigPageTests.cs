using System.Globalization;
using Deque.AxeCore.Playwright;
using IpvlanActors.Tests.Web.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace IpvlanActors.Tests.Web;

/// <summary>Two hundred hosts and five thousand endpoints, a few of them in each kind of trouble.</summary>
[Collection(BrowserCollection.Name)]
public sealed class BigPageTests(Browser browser, InventedCluster cluster) : IClassFixture<InventedCluster>
{
    private const int MostElements = 6000;

    private static readonly (string Host, string Why)[] Reasons =
    [
        ("h2", "reached"),
        ("h3", "not reached — withdrawn: its next hop is dead (10.0.0.3 on eth0)"),
        ("h4", "in doubt — suspect"),
        ("h5", "in doubt — stale"),
        ("h6", "not reached — rejected: the registry knows of no such claim"),
        ("h7", "not reached — conflict: the kernel has another route there"),
        ("h8", "not reached — missing in the kernel"),
        ("h9", "nothing announced"),
    ];

    [BrowserFact]
    public async Task All_of_it_is_there_and_little_of_it_in_the_document()
    {
        var page = await browser.Open(cluster.Address);
        await Expect(page.Locator("#headline")).ToContainTextAsync("h1 reaches 191 of 197 hosts that announce routes; 2 in doubt; 4 not reached");
        await Expect(page.Locator("#tab-endpoints b")).ToHaveTextAsync("5,000");
        Assert.Equal((InventedCluster.Hosts + 1).ToString(CultureInfo.InvariantCulture), await page.Locator("#reach").GetAttributeAsync("aria-rowcount"));
        Assert.InRange(await page.Locator("*").CountAsync(), 500, MostElements);

        await page.Locator("#list").EvaluateAsync("list => { list.scrollTop = list.scrollHeight; }");
        await Expect(page.Locator("#list")).ToContainTextAsync("c4999");
        for (var turn = 0; turn < 10; turn++)
        {
            cluster.SetDead(20, turn % 2 == 0);
            await Expect(page.Locator("#headline")).ToContainTextAsync(turn % 2 == 0 ? "5 not reached" : "4 not reached");
        }

        Console.Out.WriteLine(await page.EvaluateAsync<string>("""
            () => {
              const draws = performance.getEntriesByName('picture').map((m) => m.duration);
              const changes = draws.slice(-10).sort((a, b) => a - b);
              return `  first picture after ${performance.getEntriesByName('first')[0].startTime.toFixed(0)} ms, of which ${draws[1].toFixed(0)} ms to draw; a change: median ${changes[5].toFixed(1)} ms, worst ${changes[9].toFixed(1)} ms; ${document.querySelectorAll('*').length} elements`;
            }
            """));
    }

    [BrowserFact]
    public async Task By_the_keyboard_alone_it_is_told_why()
    {
        var page = await browser.Open(cluster.Address);
        foreach (var (host, why) in Reasons)
        {
            await page.Keyboard.PressAsync("/");
            await page.Keyboard.PressAsync("Control+A");
            await page.Keyboard.TypeAsync(host);
            await Expect(page.Locator("#reach [role=rowheader]").First).ToContainTextAsync(host);
            await page.Locator("#reach").FocusAsync();
            await GoTo(page, host);
            Assert.Contains($"{host} in net-0: {why}", await Text(page, "#why"), StringComparison.Ordinal);
            var active = await page.Locator("#reach").GetAttributeAsync("aria-activedescendant");
            Assert.Contains(why.Split(' ')[0], await Text(page, $"[id='{active}']"), StringComparison.Ordinal);
        }

        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#detail-title")).ToHaveTextAsync("h9 in net-0");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#detail")).ToBeHiddenAsync();
        Assert.Equal("reach", await page.EvaluateAsync<string>("document.activeElement.id"));
    }

    [BrowserFact]
    public async Task An_address_is_found_in_what_contains_it()
    {
        var page = await browser.Open(cluster.Address);
        await page.FillAsync("#search", "10.1.1.200"); // the block of h8 there: 10.1.1.192/26
        await Expect(page.Locator("#answer")).ToContainTextAsync("is in 10.1.1.192/26, a block of h8 in network net-0: not reached — missing");
        await Expect(page.Locator("#tab-blocks b")).ToHaveTextAsync("1");
        await Expect(page.Locator("#reach [role=rowheader]")).ToHaveCountAsync(1);
        await Expect(page.Locator("#reach [role=rowheader]")).ToContainTextAsync("h8");
    }

    [BrowserFact]
    public async Task Of_other_hosts_it_is_said_where_their_endpoints_are_shown()
    {
        var page = await browser.Open(cluster.Address);
        await Expect(page.Locator("#list-note")).ToContainTextAsync("Endpoints of h1 only");
        await page.GotoAsync($"{cluster.Address}#/host/10.0.0.8:4053");
        await Expect(page.Locator("#detail-body")).ToContainTextAsync("shown by h8 itself");
        await Expect(page.Locator("#detail-body")).ToContainTextAsync("ssh -L");
    }

    [BrowserFact]
    public async Task Names_are_text_whatever_they_are()
    {
        cluster.Rename(12, InventedCluster.Evil);
        try
        {
            await IsText();
        }
        finally
        {
            cluster.Rename(12, "h12");
        }
    }

    private async Task IsText()
    {
        var page = await browser.Open(cluster.Address);
        var (dialogs, scripts) = (0, await page.Locator("script").CountAsync());
        page.Dialog += (_, dialog) => { dialogs++; _ = dialog.DismissAsync(); };
        await page.FillAsync("#search", "onerror");
        await Expect(page.Locator("#reach [role=rowheader]")).ToHaveCountAsync(1);
        await Expect(page.Locator("#reach [role=rowheader]")).ToContainTextAsync(InventedCluster.Evil);
        await page.Locator("#reach [role=rowheader]").ClickAsync();
        await Expect(page.Locator("#detail-title")).ToHaveTextAsync(InventedCluster.Evil);
        Assert.Equal((0, scripts, 0), (dialogs, await page.Locator("script").CountAsync(), await page.Locator("img").CountAsync()));
    }

    [BrowserFact]
    public async Task Who_listens_hears_the_sentence_when_it_has_changed_and_once()
    {
        var page = await browser.Open(cluster.Address);
        await Expect(page.Locator("#live")).ToContainTextAsync("4 not reached");
        await page.EvaluateAsync("() => { window.heard = []; new MutationObserver(() => heard.push(document.getElementById('live').textContent)).observe(document.getElementById('live'), { childList: true }); }");
        foreach (var host in Enumerable.Range(30, 5))
            cluster.SetDead(host, true);
        await Expect(page.Locator("#headline")).ToContainTextAsync("9 not reached");
        foreach (var host in Enumerable.Range(31, 4))
            cluster.SetDead(host, false);
        await Expect(page.Locator("#live")).ToContainTextAsync("5 not reached");
        cluster.SetDead(30, false);
        Assert.InRange(await page.EvaluateAsync<int>("heard.length"), 1, 2);
    }

    [BrowserTheory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_nothing_in_either_colours(ColorScheme scheme)
    {
        var page = await browser.Open(cluster.Address, scheme, isBare: true);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Pictures, $"big-{scheme}.png") });
        await page.FillAsync("#search", "h7"); // of each kind of thing a few, since a look at all of it takes a minute
        await page.Locator("#problems summary").ClickAsync();
        await page.Locator(".legend summary").ClickAsync();
        await page.ClickAsync("#tab-routes");
        await page.Locator("#reach [role=rowheader]").First.ClickAsync();
        await Expect(page.Locator("#detail-title")).ToHaveTextAsync("h7");
        await Nothing(page);
    }

    [BrowserTheory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Of_few_hosts_the_picture_is_in_words(ColorScheme scheme)
    {
        var small = new InventedCluster(hosts: 11, endpoints: 90);
        await small.InitializeAsync();
        try
        {
            var page = await browser.Open(small.Address, scheme);
            await Expect(page.Locator("#map")).ToBeHiddenAsync();
            await Expect(page.Locator("#reach [role=row]", new() { HasTextString = "h3" }).First).ToContainTextAsync("withdrawn");
            await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Pictures, $"small-{scheme}.png") });
        }
        finally
        {
            await small.DisposeAsync();
        }
    }

    /// <summary>Down to the host's row, and right to the first network of several hosts.</summary>
    private static async Task GoTo(IPage page, string host)
    {
        await page.Keyboard.PressAsync("Control+Home");
        for (var row = 0; await Text(page, "#why") is var text && !text.StartsWith($"{host} at ", StringComparison.Ordinal); row++)
        {
            Assert.True(row < InventedCluster.Hosts, text);
            await page.Keyboard.PressAsync("ArrowDown");
        }

        foreach (var _ in new[] { "member", "alone", "net-0" })
            await page.Keyboard.PressAsync("ArrowRight");
    }

    private static async Task Nothing(IPage page)
    {
        var found = await page.RunAxe();
        Assert.True(found.Violations.Length == 0, string.Join("\n", found.Violations.Select(v => $"{v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Take(3).Select(n => n.Html))}")));
    }

    private static async Task<string> Text(IPage page, string selector) => await page.Locator(selector).TextContentAsync() ?? "";
}
