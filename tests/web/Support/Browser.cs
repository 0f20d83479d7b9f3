using Microsoft.Playwright;
using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace IpvlanActors.Tests.Web.Support;

/// <summary>Debian's Chromium, one for all tests; each page has a profile of its own.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const string Program = "/usr/bin/chromium";
    private const float PatienceMs = 20_000;

    private IPlaywright _driver = null!;
    private IBrowser _browser = null!;

    /// <summary>Why there is no browser; null: there is one.</summary>
    public static string? Missing => File.Exists(Program) ? null : $"{Program} is missing: ./tests/run web installs it as root, or apt-get install chromium.";

    /// <summary>Where pictures are left.</summary>
    public static string Pictures { get; } = Directory.CreateDirectory(Path.Combine(Repository(), "out", "web")).FullName;

    public async Task InitializeAsync()
    {
        if (Missing is not null)
            return;
        _driver = await Playwright.CreateAsync();
        _browser = await _driver.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = ["--no-sandbox"] }); // root has no other
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _driver?.Dispose();
    }

    /// <param name="isBare">Without the page's content security policy: a tool that looks at the page brings scripts of its own.</param>
    public async Task<IPage> Open(Uri address, ColorScheme scheme = ColorScheme.Light, bool isBare = false)
    {
        var context = await _browser.NewContextAsync(new()
        {
            ColorScheme = scheme,
            BypassCSP = isBare,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new() { Width = 1360, Height = 900 },
        });
        context.SetDefaultTimeout(PatienceMs);
        Assertions.SetDefaultExpectTimeout(PatienceMs);
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => Console.Out.WriteLine($"  the page failed: {error}");
        await page.GotoAsync(address.ToString());
        await page.WaitForSelectorAsync("body.is-drawn");
        return page;
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "IpvlanActors.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}

[CollectionDefinition(Name)]
#pragma warning disable CA1711 // xunit's word
public sealed class BrowserCollection : ICollectionFixture<Browser>
#pragma warning restore CA1711
{
    public const string Name = "browser";
}

/// <summary>Skipped, with the reason, where no browser is.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Browser.Missing;
}

/// <summary>As <see cref="BrowserFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Browser.Missing;
}
