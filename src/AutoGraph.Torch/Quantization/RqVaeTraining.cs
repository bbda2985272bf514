using System.Diagnostics;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>
/// Trains an RQ-VAE: the autoencoder alone first, codebooks by k-means on the residuals of a large buffer, then all
/// together; codes that no row used in an epoch restart at a row with a large residual.
/// </summary>
internal sealed class RqVaeTraining(RqVae network, Tensor vectors, ResidualQuantizerOptions options, int codebookSize, int seed)
{
    private const int KMeansIterations = 25;
    private const double LeastGain = 1e-3;
    private readonly int _rows = (int)vectors.shape[0];
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    private CodebookAverages? _averages;

    public void Run()
    {
        network.train();
        using var optimizer = new AdamW([network], options.LearningRate, 0);
        using var averages = _averages = options.CodebookUpdate == CodebookUpdate.MovingAverage ? new CodebookAverages(network, options.MovingAverageDecay) : null;
        var checkpoint = options.CheckpointPath is null ? null : QuantizerCheckpoint.Of(options.CheckpointPath, vectors, options, codebookSize, seed);
        var state = checkpoint?.Load(network, optimizer, averages) ?? new TrainingState(0, 0, double.PositiveInfinity);
        if (state.Epoch == 0 && options.WarmUpEpochs == 0) InitializeCodebooks();
        while (state.Epoch < Epochs && !(options.Patience > 0 && state.Waited >= options.Patience))
        {
            state = RunEpoch(state, optimizer);
            if (state.Epoch % options.CheckpointEvery == 0) checkpoint?.Save(network, optimizer, averages, state);
        }
        checkpoint?.Delete();
    }

    private int Epochs => options.WarmUpEpochs + options.Epochs;

    private TrainingState RunEpoch(TrainingState before, AdamW optimizer)
    {
        int epoch = before.Epoch + 1;
        optimizer.LearningRate = options.LearningRate * Decay(epoch);
        if (epoch <= options.WarmUpEpochs)
        {
            RunBatches(epoch, optimizer, null);
            if (epoch == options.WarmUpEpochs) InitializeCodebooks();
            return before with { Epoch = epoch };
        }
        var used = new bool[network.Levels, codebookSize];
        double error = RunBatches(epoch, optimizer, used);
        if (epoch - options.WarmUpEpochs <= options.RestartUntil * options.Epochs) RestartUnused(used, epoch);
        return error < before.Best * (1 - LeastGain) ? new(epoch, 0, error) : new(epoch, before.Waited + 1, before.Best);
    }

    /// <summary>The learning rate falls as half a cosine to 2 % of its start (Loshchilov and Hutter 2017).</summary>
    private double Decay(int epoch) => 0.02 + 0.98 * (1 + Math.Cos(Math.PI * (epoch - 1) / Epochs)) / 2;

    /// <summary>The mean reconstruction error of the epoch.</summary>
    internal double RunBatches(int epoch, AdamW optimizer, bool[,]? used)
    {
        var random = RandomStream.For(seed, "quantizer epoch", epoch);
        var order = new int[_rows];
        for (int i = 0; i < _rows; i++) order[i] = i;
        random.Shuffle(order);
        var (total, error) = (0.0, 0.0);
        for (int first = 0; first < _rows; first += options.BatchSize)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var rows = order.AsSpan(first, Math.Min(options.BatchSize, _rows - first)).ToArray();
            var batch = TableRows.Of(vectors, tensor(rows, ScalarType.Int64, vectors.device));
            var step = used is null ? null : network.Loss(batch, options.Commitment);
            var loss = step?.Total ?? RqVae.SquaredError(batch, network.Decode(network.Encode(batch)));
            optimizer.ClearGradients();
            loss.backward();
            optimizer.Step();
            if (step is not null) Note(step, used!);
            total += Losses.Finite(loss, epoch, options.LearningRate) * rows.Length;
            error += (step?.Reconstruction ?? loss).item<float>() * rows.Length;
        }
        options.Progress?.Report(new TrainingProgress("quantizer", epoch, Epochs, total / _rows, null, _clock.Elapsed));
        return error / _rows;
    }

    private void Note(RqVaeLoss step, bool[,] used)
    {
        _averages?.Update(step.Codes, step.Residuals);
        for (int level = 0; level < step.Codes.Count; level++)
            foreach (long code in HostMemory.ToArray<long>(step.Codes[level])) used[level, code] = true;
    }

    /// <summary>k-means on each level's residuals over max(10·K, 4096) rows, or all where there are fewer.</summary>
    internal void InitializeCodebooks()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var random = RandomStream.For(seed, "codebooks");
        var order = new int[_rows];
        for (int i = 0; i < _rows; i++) order[i] = i;
        random.Shuffle(order);
        var rows = order.AsSpan(0, Math.Min(_rows, Math.Max(10 * codebookSize, 4096))).ToArray();
        var residual = network.Encode(TableRows.Of(vectors, tensor(rows, ScalarType.Int64, vectors.device)));
        for (int level = 0; level < network.Levels; level++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            var centroids = KMeans.Fit(residual, codebookSize, KMeansIterations, ref random, options.CancellationToken);
            network.Codebook(level).copy_(centroids);
            _averages?.Restart(level, tensor([.. Enumerable.Range(0, codebookSize).Select(code => (long)code)], device: vectors.device));
            residual = Scalars.Subtract(residual, TableRows.Of(centroids, NearestCode.Find(residual, centroids).Codes));
        }
    }

    private void RestartUnused(bool[,] used, int epoch)
    {
        int unused = used.Cast<bool>().Count(isUsed => !isUsed);
        if (unused == 0) return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var random = RandomStream.For(seed, "restarts", epoch);
        var sample = KMeans.Sample(vectors, (int)Math.Min(int.MaxValue, Math.Max((long)options.RowsPerCode * codebookSize, 4096)), ref random);
        var residuals = network.Quantize(network.Encode(sample)).Residuals;
        for (int level = 0; level < network.Levels; level++)
        {
            int[] dead = [.. Enumerable.Range(0, codebookSize).Where(code => !used[level, code])];
            if (dead.Length == 0) continue;
            // rows far from their code: twice as many as needed, of which a random half is taken
            var distances = NearestCode.Find(residuals[level], network.Codebook(level)).Distances;
            var far = HostMemory.ToArray<long>(distances.topk(Math.Min((int)sample.shape[0], 2 * dead.Length)).indexes);
            var places = Enumerable.Range(0, far.Length).ToArray();
            random.Shuffle(places);
            int count = Math.Min(dead.Length, far.Length);
            var chosen = tensor(places.Take(count).Select(place => far[place]).ToArray(), device: vectors.device);
            var restarted = tensor(dead.Take(count).Select(code => (long)code).ToArray(), device: vectors.device);
            network.Codebook(level).index_copy_(0, restarted, TableRows.Of(residuals[level], chosen));
            _averages?.Restart(level, restarted);
        }
    }
}
