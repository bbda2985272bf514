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
    private readonly int _rows = (int)vectors.shape[0];
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public void Run()
    {
        network.train();
        using var optimizer = new AdamW([network], options.LearningRate, 0);
        for (int epoch = 1; epoch <= options.WarmUpEpochs; epoch++)
            RunEpoch(epoch, optimizer, null);
        InitializeCodebooks();
        for (int epoch = 1; epoch <= options.Epochs; epoch++)
        {
            var used = new bool[network.Levels, codebookSize];
            RunEpoch(options.WarmUpEpochs + epoch, optimizer, used);
            if (epoch <= options.RestartUntil * options.Epochs) RestartUnused(used, epoch);
        }
    }

    private void RunEpoch(int epoch, AdamW optimizer, bool[,]? used)
    {
        var random = RandomStream.For(seed, "quantizer epoch", epoch);
        var order = new int[_rows];
        for (int i = 0; i < _rows; i++) order[i] = i;
        random.Shuffle(order);
        double total = 0;
        for (int first = 0; first < _rows; first += options.BatchSize)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var rows = order.AsSpan(first, Math.Min(options.BatchSize, _rows - first)).ToArray();
            var batch = vectors.index_select(0, tensor(rows, ScalarType.Int64, vectors.device));
            var loss = used is null ? RqVae.SquaredError(batch, network.Decode(network.Encode(batch))) : Step(batch, used);
            optimizer.ClearGradients();
            loss.backward();
            optimizer.Step();
            total += Losses.Finite(loss, epoch, options.LearningRate) * rows.Length;
        }
        options.Progress?.Report(new TrainingProgress("quantizer", epoch, options.WarmUpEpochs + options.Epochs, total / _rows, null, _clock.Elapsed));
    }

    private Tensor Step(Tensor batch, bool[,] used)
    {
        var loss = network.Loss(batch, options.Commitment, out var codes);
        for (int level = 0; level < codes.Count; level++)
            foreach (long code in codes[level].cpu().data<long>()) used[level, code] = true;
        return loss;
    }

    /// <summary>k-means on each level's residuals over max(10·K, 4096) rows, or all where there are fewer.</summary>
    private void InitializeCodebooks()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var random = RandomStream.For(seed, "codebooks");
        var order = new int[_rows];
        for (int i = 0; i < _rows; i++) order[i] = i;
        random.Shuffle(order);
        var rows = order.AsSpan(0, Math.Min(_rows, Math.Max(10 * codebookSize, 4096))).ToArray();
        var residual = network.Encode(vectors.index_select(0, tensor(rows, ScalarType.Int64, vectors.device)));
        for (int level = 0; level < network.Levels; level++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            var centroids = KMeans.Fit(residual, codebookSize, KMeansIterations, ref random);
            network.Codebook(level).copy_(centroids);
            residual = Scalars.Subtract(residual, centroids.index_select(0, NearestCode.Find(residual, centroids).Codes));
        }
    }

    private void RestartUnused(bool[,] used, int epoch)
    {
        int unused = used.Cast<bool>().Count(isUsed => !isUsed);
        if (unused == 0) return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var random = RandomStream.For(seed, "restarts", epoch);
        var residuals = network.Quantize(network.Encode(vectors)).Residuals;
        for (int level = 0; level < network.Levels; level++)
        {
            int[] dead = [.. Enumerable.Range(0, codebookSize).Where(code => !used[level, code])];
            if (dead.Length == 0) continue;
            // rows far from their code: twice as many as needed, of which a random half is taken
            var distances = NearestCode.Find(residuals[level], network.Codebook(level)).Distances;
            var far = distances.topk(Math.Min(_rows, 2 * dead.Length)).indexes.cpu().data<long>().ToArray();
            var places = Enumerable.Range(0, far.Length).ToArray();
            random.Shuffle(places);
            int count = Math.Min(dead.Length, far.Length);
            var chosen = tensor(places.Take(count).Select(place => far[place]).ToArray(), device: vectors.device);
            network.Codebook(level).index_copy_(0, tensor(dead.Take(count).Select(code => (long)code).ToArray(), device: vectors.device), residuals[level].index_select(0, chosen));
        }
    }
}
