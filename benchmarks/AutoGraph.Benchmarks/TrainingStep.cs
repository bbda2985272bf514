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
    private readonly int _batch;
    private RandomStream _random = RandomStream.For(1, "benchmark");

    public TrainingStep(int batch, Backbone backbone, bool graph) : this(new RecommenderOptions { Backbone = backbone, BatchSize = batch }, graph) { }

    public TrainingStep(RecommenderOptions options, bool graph)
    {
        _batch = options.BatchSize;
        _samples = new TrainingSamples(new UserHistories(FilmWorld.Train), options);
        using var generator = new Generator(1, CPU);
        var graphOptions = new MetapathGraphOptions { Training = GraphTraining.Joint };
        _enhancer = graph ? new GraphEnhancer(new MetapathAttention(FilmWorld.Graph, graphOptions, generator), FilmWorld.Graph, graphOptions, 1) : null;
        _model = new TwoTowerModel(TrainedFeatures.Of(FilmWorld.UserFeatures, FilmWorld.Train.UserOf), TrainedFeatures.Of(FilmWorld.ItemFeatures, FilmWorld.Train.ItemOf), _enhancer?.Widths ?? EnhancementWidths.None, options, generator);
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
