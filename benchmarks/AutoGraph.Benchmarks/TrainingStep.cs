using AutoGraph.Core.Features;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Interactions;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Benchmarks;

/// <summary>The training engine's own step.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TrainingSamples _samples;
    private readonly RecommenderTraining _training;
    private readonly TwoTowerModel _model;
    private readonly Enhancer? _enhancer;
    private readonly AdamW _optimizer;
    private readonly WeightAverage _average;
    private readonly int _batch;
    private RandomStream _random = RandomStream.For(1, "benchmark");

    public TrainingStep(int batch, Backbone backbone, bool graph) : this(new RecommenderOptions { Backbone = backbone, BatchSize = batch }, graph) { }

    public TrainingStep(RecommenderOptions options, bool graph) : this(options, graph ? FilmWorld.Graph : null, FilmWorld.Train, FilmWorld.UserFeatures, FilmWorld.ItemFeatures) { }

    public TrainingStep(RecommenderOptions options, FactorGraph? graph, InteractionTable train, FeatureTable users, FeatureTable items)
    {
        _batch = options.BatchSize;
        _samples = new TrainingSamples(new UserHistories(train), options);
        using var generator = new Generator(1, CPU);
        var graphOptions = new MetapathGraphOptions { Training = GraphTraining.Joint };
        _enhancer = graph is null ? null : new GraphEnhancer(new MetapathAttention(graph, graphOptions, generator), graph, graphOptions, 1);
        _model = new TwoTowerModel(TrainedFeatures.Of(users, train.UserOf), TrainedFeatures.Of(items, train.ItemOf), _enhancer?.Widths ?? EnhancementWidths.None, options, generator);
        _training = new RecommenderTraining(_model, _enhancer, _samples, options, 1);
        nn.Module[] modules = _enhancer is null ? [_model] : [_model, _enhancer];
        _optimizer = new AdamW(modules, 1e-3, 1e-2, sparse: options.SparseUpdates);
        _average = new WeightAverage(modules, options.WeightAverage);
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
        _average.Update();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _average.Dispose();
        _model.Dispose();
        _enhancer?.Dispose();
        _scope.Dispose();
    }
}
