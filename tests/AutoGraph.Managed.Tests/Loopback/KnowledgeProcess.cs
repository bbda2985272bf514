using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using AutoGraph.TestKit;
using AutoGraph.TestKit.Loopback;
using Xunit;

namespace AutoGraph.Managed.Tests.Loopback;

/// <summary>The sample program samples/Knowledge as a process of its own.</summary>
internal sealed class KnowledgeProcess : IDisposable
{
    private static readonly string Configuration = typeof(KnowledgeProcess).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private readonly Process _process;
    private readonly Task<string> _output, _errors;

    public KnowledgeProcess(LoopbackChatServer server, string store, string table, int concurrency, double leaseSeconds)
    {
        string program = Path.Combine(Repository.Root, "samples", "Knowledge", "bin", Configuration, "net10.0", "Knowledge.dll");
        Assert.True(File.Exists(program), $"Expected the built sample {program}, found none. Build the solution in {Configuration} first.");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[program, "--endpoint", $"{server.Endpoint}", "--model", "loopback", "--store", store, "--table", table, "--id", "Id",
                     "--prompt", "generic-item", "--concurrency", $"{concurrency}", "--lease", leaseSeconds.ToString(CultureInfo.InvariantCulture), "--yes"])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        (_output, _errors) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
    }

    /// <summary>Waits for something that happens while the process runs; its early end fails the test.</summary>
    public async Task ReachAsync(Task moment, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ended = _process.WaitForExitAsync(enough.Token);
        if (await Task.WhenAny(moment, ended) != moment)
            Assert.Fail($"The process ended by itself with {_process.ExitCode}: {await _errors} {await _output}");
        await enough.CancelAsync();
        // Process adds and removes handlers of Exited without a lock: this wait must be gone before another begins, or the other may never end.
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Waits for the end; anything but success fails the test with what the process said.</summary>
    public async Task SucceedAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        Assert.True(_process.ExitCode == 0, $"Exit code {_process.ExitCode}: {await _errors} {await _output}");
    }

    /// <summary>SIGKILL: nothing in the process can react to it.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        Assert.False(_process.HasExited, "The process had ended by itself.");
        _process.Kill();
        await _process.WaitForExitAsync(cancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    /// <summary>Writes a table of so many rows; returns its path.</summary>
    public static string WriteTable(string folder, int rows)
    {
        string path = Path.Combine(folder, "rows.jsonl");
        File.WriteAllLines(path, Enumerable.Range(0, rows).Select(i => $"{{\"Id\": \"r{i}\", \"Name\": \"thing {i}\"}}"));
        return path;
    }
}
