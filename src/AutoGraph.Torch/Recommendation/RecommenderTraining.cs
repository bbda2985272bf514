using System.Diagnostics;
using AutoGraph.Core.Persistence;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Backbones;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>Trains a two-tower model: sampled softmax, AdamW, moving average of weights, early stopping on validation NDCG@10, best average kept.</summary>
internal sealed class RecommenderTraining(TwoTowerModel model, Enhancer? enhancer, TrainingSamples samples, RecommenderOptions options, int seed)
{
    /// <summary>Runs to the end and leaves the best average of weights in the model, without validation the last.</summary>
    /// <param name="validate">Validation NDCG@10 of the current weights, or null for a fixed number of epochs.</param>
    public TrainingReport Run(Func<double>? validate)
    {
        using var optimizer = new AdamW(Modules, options.LearningRate, options.WeightDecay);
        using var average = new WeightAverage(Modules, options.WeightAverage);
        var clock = Stopwatch.StartNew();
        var curve = new List<EpochReport>();
        TensorDictionary? best = null;
        int bestEpoch = 0;
        double bestValue = double.NegativeInfinity;
        for (int epoch = 1; epoch <= options.Epochs; epoch++)
        {
            var started = clock.Elapsed;
            double loss = RunEpoch(epoch, optimizer, average);
            double seconds = (clock.Elapsed - started).TotalSeconds;
            average.Swap();                         // what is validated and kept
            double? value = validate?.Invoke();
            curve.Add(new EpochReport(epoch, loss, value, seconds));
            options.Progress?.Report(new TrainingProgress("recommender", epoch, options.Epochs, loss, value, clock.Elapsed));
            if (value is null || value > bestValue) (bestValue, bestEpoch, best) = (value ?? bestValue, epoch, Snapshot());
            if (epoch - bestEpoch >= options.Patience) break;
            average.Swap();                         // on with the last weights
        }
        if (best is not null) Restore(best);
        return new TrainingReport(curve, bestEpoch, samples.Count);
    }

    /// <summary>One pass over all samples in random order; returns the mean loss.</summary>
    internal double RunEpoch(int epoch, AdamW optimizer, WeightAverage? average = null)
    {
        model.train();
        enhancer?.train();
        enhancer?.BeginEpoch(epoch);
        var random = RandomStream.For(seed, "recommender epoch", epoch);
        var order = new int[samples.Count];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        random.Shuffle(order);
        double total = 0;
        for (int first = 0; first < order.Length; first += options.BatchSize)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            var rows = order.AsSpan(first, Math.Min(options.BatchSize, order.Length - first));
            using var scope = NewDisposeScope();
            var loss = Loss(samples.Take(rows, ref random), ref random);
            optimizer.ClearGradients();
            loss.backward();
            optimizer.Step();
            average?.Update();
            total += Losses.Finite(loss, epoch, options.LearningRate) * rows.Length;
        }
        return total / order.Length;
    }

    /// <summary>The loss of one step, a scalar that carries gradients.</summary>
    internal Tensor Loss(Batch batch, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var (ofUsers, ofItems) = enhancer is null ? (null, null) : enhancer.Step(batch, options.UnknownRate, ref random);
        var (items, table) = model.Items(ofItems, options.UnknownRate, ref random);
        var users = model.Users(batch.Users, batch.History, table, ofUsers, options.UnknownRate, ref random);
        if (model.VectorsPerUser > 1)
            users = LabelAwareAttention.Apply(users, SegmentMean.Apply(items, EdgeList.Rows(batch.Positives, (int)items.shape[0])), model.VectorsPerUser, options.LabelAwarePower);
        return SampledSoftmax.Apply(users, items, batch.Candidates).MoveToOuterDisposeScope();
    }

    private IEnumerable<nn.Module> Modules => enhancer is null ? [model] : [model, enhancer];

    private TensorDictionary Snapshot()
    {
        var state = new TensorDictionary();
        ModuleState.Save(model, state, "model.");
        if (enhancer is not null) ModuleState.Save(enhancer, state, "enhancer.");
        return state;
    }

    private void Restore(TensorDictionary state)
    {
        ModuleState.Load(model, state, "model.");
        if (enhancer is not null) ModuleState.Load(enhancer, state, "enhancer.");
    }
}
