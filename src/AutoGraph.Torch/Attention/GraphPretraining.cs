using System.Diagnostics;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>
/// Trains graph vectors on their own: sampled softmax over user–item edges, score = Ĥ_u · Ĥ_i, each step's edges hidden
/// by the same guard as in joint training.
/// </summary>
internal sealed class GraphPretraining(GraphEnhancer vectors, FactorGraph graph, MetapathGraphOptions options, int seed)
{
    /// <summary>Runs all epochs; returns the mean loss of the last one.</summary>
    /// <param name="checkpoint">Where the run is kept and goes on from, or null.</param>
    public double Run(GraphCheckpoint? checkpoint = null)
    {
        if (graph.UserToItems.EdgeCount == 0) throw new InvalidOperationException("Expected training interactions, found none. A graph without user–item edges cannot train its vectors.");
        if (graph.ItemCount < 2) throw new InvalidOperationException($"Expected at least two items, found {graph.ItemCount}. With one alone there is nothing to prefer it to.");
        using var optimizer = new AdamW([vectors], options.LearningRate, options.WeightDecay);
        var clock = Stopwatch.StartNew();
        var (done, loss) = checkpoint?.Load(vectors, optimizer) ?? (0, double.NaN);
        vectors.train();
        for (int epoch = done + 1; epoch <= options.Epochs; epoch++)
        {
            loss = RunEpoch(epoch, optimizer);
            options.Progress?.Report(new TrainingProgress("graph", epoch, options.Epochs, loss, null, clock.Elapsed));
            if (epoch % options.CheckpointEvery == 0) checkpoint?.Save(vectors, optimizer, epoch, loss);
        }
        checkpoint?.Delete();
        return loss;
    }

    private double RunEpoch(int epoch, AdamW optimizer)
    {
        vectors.BeginEpoch(epoch);
        var random = RandomStream.For(seed, "graph epoch", epoch);
        var order = new int[graph.Histories.Count];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        random.Shuffle(order);
        var userOf = UserOfRow();
        double total = 0;
        for (int first = 0; first < order.Length; first += options.BatchSize)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            var edges = order.AsSpan(first, Math.Min(options.BatchSize, order.Length - first));
            using var scope = NewDisposeScope();
            var rows = Rows(edges, userOf);
            var candidates = NegativeSampling.Uniform(rows.Positives, graph.ItemCount, options.Negatives, ref random);
            var (u, i) = vectors.Step(rows, options.UnknownRate, ref random);
            var loss = CandidateLoss.Apply(RankingLoss.SampledSoftmax, u!, i!, candidates);
            optimizer.ClearGradients();
            loss.backward();
            optimizer.Step();
            total += Losses.Finite(loss, epoch, options.LearningRate) * edges.Length;
        }
        return total / order.Length;
    }

    private TrainingRows Rows(ReadOnlySpan<int> interactions, int[] userOf)
    {
        var (users, positives, places, offsets, earlier) = (new int[interactions.Length], new int[interactions.Length], new int[interactions.Length], new int[interactions.Length + 1], new List<int>());
        for (int b = 0; b < interactions.Length; b++)
        {
            users[b] = userOf[interactions[b]];
            int place = places[b] = interactions[b] - graph.Histories.Offsets[users[b]];
            var own = graph.Histories.ItemsOf(users[b]);
            positives[b] = own[place];
            if (options.ReadsHistory) earlier.AddRange(own[Math.Max(0, place - options.NeighborSample)..place]);
            offsets[b + 1] = earlier.Count;
        }
        return new(users, positives, places, new(offsets, [.. earlier]));
    }

    private int[] UserOfRow()
    {
        var users = new int[graph.Histories.Count];
        for (int user = 0; user < graph.UserCount; user++) users.AsSpan(graph.Histories.Offsets[user]..graph.Histories.Offsets[user + 1]).Fill(user);
        return users;
    }
}
