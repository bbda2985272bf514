using System.Diagnostics;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

/// <summary>The program itself, in a process of its own.</summary>
internal static class ExperimentProgram
{
    /// <summary>Runs a command to its end, and fails where it does.</summary>
    /// <returns>What it wrote on standard output.</returns>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "AutoGraph.Experiments.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode}: {await errors} {await output}");
        return await output;
    }
}
