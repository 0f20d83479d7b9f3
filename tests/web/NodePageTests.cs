using System.Net;
using IpvlanActors.Daemon;
using IpvlanActors.Tests.Unit.Runtime;
using IpvlanActors.Tests.Web.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace IpvlanActors.Tests.Web;

/// <summary>The page of a node, in a browser, while things happen there.</summary>
[Collection(BrowserCollection.Name)]
public sealed class NodePageTests(Browser browser) : IAsyncLifetime
{
    private static readonly (string, string)[] L3 = [("parent", "eth0"), ("ipvlan_mode", "l3")];
    private readonly TestHost _host = new();
    private readonly WebDoor _door = new();
    private TestNode _node = null!;

    public Task InitializeAsync() => Start();

    public async Task DisposeAsync()
    {
        await _door.DisposeAsync();
        await _host.DisposeAsync();
    }

    [BrowserFact]
    public async Task What_comes_and_goes_is_seen_as_it_does()
    {
        var page = await browser.Open(_door.Address);
        await Expect(page.Locator("#tab-endpoints b")).ToHaveTextAsync("0");

        await _node.Create("web", "10.1.0.0/24", L3);
        var endpoint = await _node.Join("web", _host.Container("c1"));

        await Expect(page.Locator("#networks h3")).ToContainTextAsync("web");
        await Expect(page.Locator("#reach [role=columnheader]").Last).ToHaveTextAsync("web");
        await Expect(page.Locator("#list [role=row]").Last).ToContainTextAsync(endpoint.Addresses[0].Address.ToString());
        await page.ClickAsync("#tab-changes");
        await Expect(page.Locator("#list")).ToContainTextAsync("endpoint c1");
    }

    [BrowserFact]
    public async Task The_journal_of_an_endpoint_is_shown_as_at_any_of_its_events()
    {
        await _node.Create("web", "10.1.0.0/24", L3);
        await _node.Join("web", _host.Container("c1"));
        var page = await browser.Open(_door.Address);
        await page.Locator("#list [role=rowheader]").First.ClickAsync();

        await Expect(page.Locator("#detail-title")).ToHaveTextAsync("c1");
        await Expect(page.Locator("#at-what")).ToContainTextAsync("As at event 2 of 2: EndpointJoined");
        await Expect(page.Locator(".state .is-changed", new() { HasTextString = "/run/netns/c1" })).ToHaveCountAsync(1);
        await page.GetByLabel("One event back").ClickAsync();
        await Expect(page.Locator("#at-what")).ToContainTextAsync("As at event 1 of 2: EndpointCreated");
        await Expect(page.Locator(".state", new() { HasTextString = "/run/netns/c1" })).ToHaveCountAsync(0);
        await page.Locator("#at").PressAsync("Home");
        await Expect(page.Locator("#at-what")).ToContainTextAsync("before anything happened");
        await page.ScreenshotAsync(new() { Path = Path.Combine(Browser.Pictures, "journal.png") });
    }

    [BrowserFact]
    public async Task While_the_node_is_away_the_page_says_so_and_then_is_right_again()
    {
        await _node.Create("web", "10.1.0.0/24", L3);
        await _node.Join("web", _host.Container("c1"));
        var page = await browser.Open(_door.Address);
        await Expect(page.Locator("#tab-endpoints b")).ToHaveTextAsync("1");

        await _door.Close();
        await Expect(page.Locator("#connection")).ToContainTextAsync("not live");
        await Expect(page.Locator("#tab-endpoints b")).ToHaveTextAsync("1");
        await Start();
        await _node.Join("web", _host.Container("c2"));

        await Expect(page.Locator("#connection")).ToHaveTextAsync("live");
        await Expect(page.Locator("#tab-endpoints b")).ToHaveTextAsync("2");
    }

    [BrowserFact]
    public async Task Nothing_comes_from_elsewhere_and_what_was_had_is_not_sent_again()
    {
        var page = await browser.Open(_door.Address);
        var asked = new List<string>();
        page.Request += (_, request) => asked.Add(request.Url);
        await page.ReloadAsync();
        await page.WaitForSelectorAsync("body.is-drawn");
        Assert.True(asked.Count > 10);
        Assert.All(asked, url => Assert.StartsWith(_door.Address.ToString(), url, StringComparison.Ordinal));

        using var http = new HttpClient { BaseAddress = _door.Address };
        using var first = await http.GetAsync("/");
        Assert.Contains("default-src 'none'", first.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await http.SendAsync(again)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/page/nothing.js")).StatusCode);
    }

    [BrowserFact]
    public async Task A_colour_scheme_that_was_chosen_is_kept()
    {
        var page = await browser.Open(_door.Address);
        var light = await Paper(page);
        await page.SelectOptionAsync("#theme", "dark");
        Assert.NotEqual(light, await Paper(page));
        await page.ReloadAsync();
        Assert.Equal("dark", await page.Locator("html").GetAttributeAsync("data-theme"));
    }

    private static Task<string> Paper(IPage page) => page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor");

    private async Task Start()
    {
        _node = await _host.Start();
        await _door.Open(new Node(_node.System, _node.Context, _node.Gateway, _node.View.Host.Incarnation), Path.GetDirectoryName(_host.Journal)!);
    }
}
