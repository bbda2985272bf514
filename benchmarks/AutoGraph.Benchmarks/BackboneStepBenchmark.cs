using BenchmarkDotNet.Attributes;

namespace AutoGraph.Benchmarks;

/// <summary>One training step of each plain backbone against <see cref="BareLoop"/> with the same arithmetic, in one process.</summary>
[Config(typeof(InProcess))]
public class BackboneStepBenchmark
{
    private BareLoop _bare = null!;
    private TrainingStep _plain = null!;

    /// <summary>Samples per step.</summary>
    [Params(256, 1024)]
    public int Batch { get; set; }

    /// <summary>The sequence model.</summary>
    [ParamsAllValues]
    public Backbone Backbone { get; set; }

    [GlobalSetup]
    public void Setup() => (_bare, _plain) = (new BareLoop(Batch, Backbone), new TrainingStep(Batch, Backbone, graph: false));

    [GlobalCleanup]
    public void Cleanup()
    {
        _bare.Dispose();
        _plain.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void Bare() => _bare.Step();

    [Benchmark]
    public void Plain() => _plain.Step();
}
