using System.Diagnostics;
using AutoGraph.TestKit;
using Xunit;
using Silos = Cluster.Silos;

namespace AutoGraph.Orleans.Tests;

/// <summary>Three silos as processes over PostgreSQL, which are killed and started again; run by postgres.sh.</summary>
internal sealed class SiloFleet : IDisposable
{
    internal const int Count = 3;
    private readonly Process[] _silos;
    private readonly Uri? _endpoint;
    private readonly ITestOutputHelper _output;

    /// <param name="output">Hears of silos that ended themselves.</param>
    /// <param name="endpoint">Who answers prompts; null: nobody.</param>
    internal SiloFleet(ITestOutputHelper output, Uri? endpoint = null)
    {
        Assert.SkipWhen(Postgres is null, "It needs a PostgreSQL that may be killed: run tests/AutoGraph.Orleans.Tests/postgres.sh run.");
        (_output, _endpoint) = (output, endpoint);
        _silos = [.. Enumerable.Range(0, Count).Select(Start)];
    }

    internal static string? Postgres { get; } = Environment.GetEnvironmentVariable("AUTOGRAPH_POSTGRES");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Kills the silo whose turn it is, starts it again after two seconds, and waits.</summary>
    internal async Task KillAsync(int kill, TimeSpan wait)
    {
        int number = (kill * 2 + kill / 3) % Count;       // each of them, in changing order
        Kill(_silos[number]);
        await Task.Delay(2000, Cancel);
        _silos[number] = Start(number);
        await Task.Delay(wait, Cancel);
        // a silo that was taken for dead ends itself; whoever keeps processes running starts it again
        for (int other = 0; other < Count; other++)
            if (_silos[other].HasExited)
            {
                _output.WriteLine($"silo {other} had ended itself after kill {kill}");
                _silos[other] = Start(other);
            }
    }

    /// <summary>Kills all of them at once, and starts them again.</summary>
    internal void KillAll()
    {
        foreach (var silo in _silos) Kill(silo);
        for (int number = 0; number < Count; number++) _silos[number] = Start(number);
    }

    /// <summary>Stops the database at once, as a crash would, or starts it.</summary>
    internal static async Task DatabaseAsync(string verb)
    {
        using var script = Process.Start("bash", [Path.Combine(Repository.Root, "tests", "AutoGraph.Orleans.Tests", "postgres.sh"), verb]);
        await script.WaitForExitAsync(Cancel);
        Assert.Equal(0, script.ExitCode);
    }

    public void Dispose()
    {
        foreach (var silo in _silos) Kill(silo);
    }

    private Process Start(int number) => Silos.Start(ClusterSample.Program, number, Postgres, _endpoint);

    private static void Kill(Process silo)
    {
        silo.Kill();
        silo.WaitForExit();
    }
}
