using System.Diagnostics;
using AutoGraph.Experiments;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

/// <summary>A table whose process is killed goes on where it was when the same command is given again.</summary>
[Collection(nameof(Sequential))]
public sealed class TableResumeTests
{
    private const int Epochs = 6;

    [Fact]
    public async Task Table_KilledWithinARun_GoesOnToTheSameFigures()
    {
        using var folder = new TempFolder();
        string interrupted = folder.File("interrupted"), whole = folder.File("whole");
        await EndAsync(Start(whole), 0);
        string[] files = [.. Directory.GetFiles(whole, "sample-world-*.json").Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];
        Assert.Equal(["sample-world-youtubednn-none-1.json", "sample-world-youtubednn-none-2.json"], files);

        using (var process = Start(interrupted))
        {
            bool second = false;
            for (string? line = ""; !(second && line.StartsWith("recommender 2/", StringComparison.Ordinal)); second |= line.StartsWith("[2/2]", StringComparison.Ordinal))
            {
                line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
                Assert.True(line is not null, "The process ended before it could be killed.");
            }
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.True(File.Exists(Path.Combine(interrupted, files[0])));
        Assert.False(File.Exists(Path.Combine(interrupted, files[1])));
        var ended = File.GetLastWriteTimeUtc(Path.Combine(interrupted, files[0]));

        string told = await EndAsync(Start(interrupted), 0);
        Assert.Contains("1 of 2 runs to do", told, StringComparison.Ordinal);
        Assert.Contains("projected: 0.0 hours", told, StringComparison.Ordinal);
        Assert.DoesNotContain("to project", told, StringComparison.Ordinal);
        Assert.DoesNotContain("recommender 1/", told, StringComparison.Ordinal);    // the checkpoint has the first epoch
        Assert.Equal(ended, File.GetLastWriteTimeUtc(Path.Combine(interrupted, files[0])));
        foreach (string file in files)
        {
            var (a, b) = (RunResult.Read(Path.Combine(whole, file)), RunResult.Read(Path.Combine(interrupted, file)));
            Assert.Equal(a.TestRanks!, b.TestRanks!);
            Assert.Equal((a.BestEpoch, a.Epochs), (b.BestEpoch, b.Epochs));
        }
        Assert.Equal(2, File.ReadAllLines(Path.Combine(interrupted, "table2.jsonl")).Length);
        Assert.Contains("All 2 runs have ended.", File.ReadAllText(Path.Combine(interrupted, "table2.md")), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', told);
    }

    [Fact]
    public async Task Table_ReportOnlyOfAnEmptyFolder_TrainsNothing()
    {
        using var folder = new TempFolder();
        await EndAsync(Start(folder.Path, "--report-only"), 0);
        Assert.Equal(["table2.html", "table2.jsonl", "table2.md"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        Assert.Contains("No run has ended yet.", File.ReadAllText(folder.File("table2.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_ResumeFalse_PutsTheEarlierResultsAside()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none"], [1]);
        FakeRuns.Store(plan with { Options = plan.Options with { Batch = 7, Epochs = 1, Patience = 100 } }, 0, 1, 2);
        string[] changed = ["--resume", "false", "--epochs", "1", "--seeds", "1"];
        string told = await EndAsync(Start(folder.Path, "--epochs", "1", "--seeds", "1"), 1);
        Assert.Contains("other settings: batch 7, not 1024. Give", told, StringComparison.Ordinal);
        await EndAsync(Start(folder.Path, changed), 0);
        Assert.Equal(1024, RunResult.Read(plan.FileOf(plan.Runs.Single())).Batch);
        Assert.Single(Directory.GetFiles(Directory.GetDirectories(folder.Path).Single()));
    }

    private static Process Start(string folder, params string[] more)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "AutoGraph.Experiments.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetDirectoryName(folder)! };
        string[] standard = more.Contains("--seeds") ? [] : ["--seeds", "1", "2", "--epochs", $"{Epochs}"];
        foreach (string argument in (string[])[program, "table2", "--datasets", "sample-world", "--backbones", "youtubednn", "--methods", "none", "--patience", "100", "--batch", more.Contains("--seeds") ? "1024" : "32", "--threads", "1", "--folder", folder, .. standard, .. more])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>Waits for the end and returns what was told on standard error.</summary>
    private static async Task<string> EndAsync(Process process, int code)
    {
        using (process)
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == code, $"Exit code {process.ExitCode}: {await errors} {await output}");
            return await errors;
        }
    }
}
