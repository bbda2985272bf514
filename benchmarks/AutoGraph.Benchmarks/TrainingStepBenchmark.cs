using BenchmarkDotNet.Attributes;

namespace AutoGraph.Benchmarks;

/// <summary>One training step of the plain model and of AutoGraph against <see cref="BareLoop"/>, in one process.</summary>
[Config(typeof(InProcess))]
public class TrainingStepBenchmark
{
    private BareLoop _bare = null!;
    private TrainingStep _plain = null!;
    private TrainingStep _graph = null!;

    /// <summary>Samples per step.</summary>
    [Params(256, 1024)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void Setup() => (_bare, _plain, _graph) = (new BareLoop(Batch, Backbone.YouTubeDnn), new TrainingStep(Batch, Backbone.YouTubeDnn, graph: false), new TrainingStep(Batch, Backbone.YouTubeDnn, graph: true));

    [GlobalCleanup]
    public void Cleanup()
    {
        _bare.Dispose();
        _plain.Dispose();
        _graph.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void Bare() => _bare.Step();

    [Benchmark]
    public void Plain() => _plain.Step();

    [Benchmark]
    public void AutoGraph() => _graph.Step();
}
