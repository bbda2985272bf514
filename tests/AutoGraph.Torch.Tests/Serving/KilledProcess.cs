using System.Diagnostics;

namespace AutoGraph.Torch.Tests.Serving;

/// <summary>Starts this program as <see cref="ToBeKilled"/> and kills it at a random moment.</summary>
internal static class KilledProcess
{
    /// <summary>What it said it had done.</summary>
    /// <param name="work">What it does.</param>
    /// <param name="folder">Where.</param>
    /// <param name="random">Draws the moment.</param>
    /// <param name="mostLines">It is killed after so many lines at most, at least one, and a moment more.</param>
    /// <param name="stop">Stops waiting.</param>
    internal static async Task<IReadOnlyList<string>> Run(string work, string folder, Random random, int mostLines, CancellationToken stop)
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(typeof(KilledProcess).Assembly.Location);
        foreach (string argument in (string[])[ToBeKilled.Argument, work, folder]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var lines = new List<string>();
        for (int wanted = random.Next(1, mostLines + 1); lines.Count < wanted && await process.StandardOutput.ReadLineAsync(stop) is { } line;) lines.Add(line);
        Thread.SpinWait(random.Next(200_000));                                                  // some milliseconds at most
        if (process.HasExited) throw new InvalidOperationException($"The process ended by itself after {string.Join(", ", lines)}.");
        process.Kill();                                                                         // SIGKILL: nothing in the process can react to it
        string[] rest = (await process.StandardOutput.ReadToEndAsync(stop)).Split('\n');
        await process.WaitForExitAsync(stop);
        return [.. lines, .. rest[..^1]];                                                       // the last line was not ended
    }
}
