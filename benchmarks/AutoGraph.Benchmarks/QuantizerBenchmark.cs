using BenchmarkDotNet.Attributes;

namespace AutoGraph.Benchmarks;

/// <summary>Quantizers against their baselines (<see cref="QuantizerPair"/>), in one process.</summary>
[Config(typeof(InProcess))]
public class QuantizerBenchmark
{
    private QuantizerPair _pair = null!;

    /// <summary>What is timed.</summary>
    [ParamsAllValues]
    public QuantizerWork Work { get; set; }

    [GlobalSetup]
    public void Setup() => _pair = QuantizerPair.Of(Work);

    [GlobalCleanup]
    public void Cleanup() => _pair.Dispose();

    [Benchmark(Baseline = true)]
    public void Baseline() => _pair.Baseline();

    [Benchmark]
    public void Ours() => _pair.Ours();
}
