using System.Diagnostics;
using AutoGraph.Core.Persistence;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Backbones;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>Trains a two-tower model: AdamW under a schedule, moving average of weights, early stopping on validation NDCG@10, best average kept.</summary>
internal sealed class RecommenderTraining(TwoTowerModel model, Enhancer? enhancer, TrainingSamples samples, RecommenderOptions options, int seed, SemanticAlignment? alignment = null)
{
    private readonly LearningRate _rate = new(options, (samples.Count + options.BatchSize - 1) / options.BatchSize);

    /// <summary>Runs to the end and leaves the best average of weights in the model, without validation the last.</summary>
    /// <param name="validate">Validation NDCG@10 of the current weights, or null for a fixed number of epochs.</param>
    /// <param name="checkpoint">Where the run is kept and goes on from, or null.</param>
    public TrainingReport Run(Func<double>? validate, RecommenderCheckpoint? checkpoint = null)
    {
        using var optimizer = new AdamW(Modules, options.LearningRate, options.WeightDecay, options.TableDecay(samples.Count), options.SparseUpdates);
        using var average = new WeightAverage(Modules, options.WeightAverage);
        var clock = Stopwatch.StartNew();
        var run = checkpoint?.Load(Modules, optimizer, average) ?? new TrainingRun();
        while (run.Curve.Count < options.Epochs && !run.Ended)
        {
            int epoch = run.Curve.Count + 1;
            var started = clock.Elapsed;
            double loss = RunEpoch(epoch, optimizer, average, run.Decays);
            double seconds = (clock.Elapsed - started).TotalSeconds;
            average.Swap();                         // what is validated and kept
            double? value = validate?.Invoke();
            run.Curve.Add(new EpochReport(epoch, loss, value, seconds, optimizer.LearningRate));
            options.Progress?.Report(new TrainingProgress("recommender", epoch, options.Epochs, loss, value, clock.Elapsed));
            if (value is null || value > run.BestValue)
                (run.BestValue, run.BestEpoch, run.Best, run.Waited) = (value ?? run.BestValue, epoch, Snapshot(), 0);
            else run.Waited++;
            average.Swap();                         // on with the last weights
            if (run.Waited >= options.Patience) SlowDownOrEnd(run, average);
            if (epoch % options.CheckpointEvery == 0) checkpoint?.Save(Modules, optimizer, average, run);
        }
        if (run.Best is not null) Restore(run.Best);
        return new TrainingReport(run.Curve, run.BestEpoch, samples.Count);
    }

    /// <remarks>The best averages become the weights: at a lower rate training settles near them. The optimizer keeps its moments, which know the size of gradients.</remarks>
    private void SlowDownOrEnd(TrainingRun run, WeightAverage average)
    {
        run.Ended = options.Schedule != LearningRateSchedule.Plateau || run.Decays == options.Decays;
        if (run.Ended) return;
        run.Decays++;
        run.Waited = 0;
        Restore(run.Best!);
        average.Restart();
    }

    /// <summary>One pass over all samples in random order; returns the mean loss.</summary>
    private double RunEpoch(int epoch, AdamW optimizer, WeightAverage average, int decays)
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
            optimizer.LearningRate = _rate.At(epoch, first / options.BatchSize, decays);
            if (options.GradientClip is { } limit) optimizer.Clip(limit);
            optimizer.Step();
            average.Update();
            total += Losses.Finite(loss, epoch, optimizer.LearningRate) * rows.Length;
        }
        return total / order.Length;
    }

    /// <summary>The loss of one step, a scalar that carries gradients.</summary>
    internal Tensor Loss(Batch batch, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        bool[]? newItems = options.NewItemRate > 0 ? NewItems(ref random) : null;
        var (ofUsers, ofItems) = enhancer is null ? (null, null) : enhancer.Step(batch with { NewItems = newItems }, options.UnknownRate, ref random);
        var (items, table) = model.Items(ofItems, options.UnknownRate, ref random, newItems);
        var users = model.Users(batch.Users, batch.History, table, ofUsers, options.UnknownRate, ref random);
        if (model.VectorsPerUser > 1)
            users = LabelAwareAttention.Apply(users, SegmentMean.Apply(items, EdgeList.Rows(batch.Positives, (int)items.shape[0])), model.VectorsPerUser, options.LabelAwarePower);
        var loss = batch.Candidates.Loss(options.Loss, users, items);
        if (alignment?.Loss(items, batch.Positives) is { } distance) loss = Scalars.Add(loss, Scalars.Multiply(distance, options.AlignmentWeight));
        return loss.MoveToOuterDisposeScope();
    }

    private bool[] NewItems(ref RandomStream random)
    {
        var stand = new bool[model.ItemFeatures.RowCount];
        for (int item = 0; item < stand.Length; item++) stand[item] = random.NextDouble() < options.NewItemRate;
        return stand;
    }

    private IEnumerable<nn.Module> Modules => new nn.Module?[] { model, enhancer, alignment }.OfType<nn.Module>();

    private TensorDictionary Snapshot()
    {
        var state = new TensorDictionary();
        ModuleState.Save(model, state, "model.");
        if (enhancer is not null) ModuleState.Save(enhancer, state, "enhancer.");
        if (alignment is not null) ModuleState.Save(alignment, state, "alignment.");
        return state;
    }

    private void Restore(TensorDictionary state)
    {
        ModuleState.Load(model, state, "model.");
        if (enhancer is not null) ModuleState.Load(enhancer, state, "enhancer.");
        if (alignment is not null) ModuleState.Load(alignment, state, "alignment.");
    }
}
