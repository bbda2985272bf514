using PuppeteerSharp;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

/// <summary>The Chromium of this machine without a window.</summary>
internal static class Browser
{
    private static readonly string[] Names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

    /// <summary>Its program: that of the variable AUTOGRAPH_BROWSER, or the first of the usual names on the path.</summary>
    public static string? Program { get; } = Environment.GetEnvironmentVariable("AUTOGRAPH_BROWSER") is { Length: > 0 } given ? given : Find();

    /// <summary>Starts it, or skips the test where there is none.</summary>
    public static async Task<IBrowser> StartAsync()
    {
        Assert.SkipWhen(Program is null, $"No browser: none of {string.Join(", ", Names)} is on the path and AUTOGRAPH_BROWSER is not set. './build.sh setup' installs chromium-headless-shell on Debian as root.");
        return await Puppeteer.LaunchAsync(new LaunchOptions
        {
            ExecutablePath = Program, Timeout = 180_000, ProtocolTimeout = 180_000, HeadlessMode = Program.Contains("headless-shell", StringComparison.Ordinal) ? HeadlessMode.Shell : HeadlessMode.True,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],    // CI runs as root, where the sandbox does not start; the page is our own
        });
    }

    private static string? Find()
    {
        string[] endings = OperatingSystem.IsWindows() ? [".exe"] : [""];
        return (from name in Names
                from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                from ending in endings
                select Path.Combine(folder, name + ending)).FirstOrDefault(File.Exists);
    }
}
