using AutoGraph.Core.Interactions;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Training;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Benchmarks;

/// <summary>One training step of the plain model and of AutoGraph against <see cref="BareLoop"/>, in one process.</summary>
[Config(typeof(InProcess))]
public class TrainingStepBenchmark
{
    private BareLoop _bare = null!;
    private Training _plain = null!;
    private Training _graph = null!;

    /// <summary>Samples per step.</summary>
    [Params(256, 1024)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void Setup() => (_bare, _plain, _graph) = (new BareLoop(Batch), new Training(Batch, false), new Training(Batch, true));

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

    /// <summary>The training engine's own step.</summary>
    private sealed class Training : IDisposable
    {
        private readonly DisposeScope _scope = NewDisposeScope();
        private readonly TrainingSamples _samples;
        private readonly RecommenderTraining _training;
        private readonly TwoTowerModel _model;
        private readonly Enhancer? _enhancer;
        private readonly AdamW _optimizer;
        private readonly int _batch;
        private RandomStream _random = RandomStream.For(1, "benchmark");

        public Training(int batch, bool graph)
        {
            _batch = batch;
            var options = new RecommenderOptions { BatchSize = batch };
            _samples = new TrainingSamples(new Timelines(FilmWorld.Train), options);
            using var generator = new Generator(1, CPU);
            var graphOptions = new MetapathGraphOptions { Training = GraphTraining.Joint };
            _enhancer = graph ? new GraphEnhancer(new MetapathAttention(FilmWorld.Graph, graphOptions, generator), FilmWorld.Graph, graphOptions, 1) : null;
            _model = new TwoTowerModel(TrainedFeatures.Of(FilmWorld.UserFeatures, FilmWorld.Train.UserOf), TrainedFeatures.Of(FilmWorld.ItemFeatures, FilmWorld.Train.ItemOf), _enhancer?.Width, options, generator);
            _training = new RecommenderTraining(_model, _enhancer, _samples, options, 1);
            _optimizer = new AdamW(_enhancer is null ? [_model] : [_model, _enhancer], 1e-3, 1e-2);
            _model.train();
            _enhancer?.train();
            _enhancer?.BeginEpoch(1);
        }

        public void Step()
        {
            using var scope = NewDisposeScope();
            var rows = new int[_batch];
            for (int i = 0; i < rows.Length; i++) rows[i] = _random.NextInt(_samples.Count);
            var loss = _training.Loss(_samples.Take(rows, ref _random), ref _random);
            _optimizer.ClearGradients();
            loss.backward();
            _optimizer.Step();
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            _model.Dispose();
            _enhancer?.Dispose();
            _scope.Dispose();
        }
    }

    private sealed class InProcess : ManualConfig
    {
        // libtorch loads once; a process per benchmark would measure its start
        public InProcess() => AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(10).WithIterationCount(15));
    }
}
