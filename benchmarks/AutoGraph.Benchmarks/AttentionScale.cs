using System.Globalization;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using MathNet.Numerics.Statistics;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Benchmarks;

/// <summary>
/// Graph attention forward and backward, D = 32 in two heads, against the gather/scatter version of the same arithmetic in TorchSharp
/// (logits per node, index_select per edge, scatter softmax, index_add), in turn in one process; beside them its second version (GATv2) and dropout on a third of the weights.
/// </summary>
internal static class AttentionScale
{
    private const int Heads = 2, Channels = 16, DegreeOfTargets = 50;

    /// <summary>Prints a line per number of edges.</summary>
    /// <param name="rounds">Timed rounds of each.</param>
    /// <param name="threads">CPU threads.</param>
    /// <param name="edgeCounts">Edges.</param>
    public static void Run(int rounds, int threads, IEnumerable<int> edgeCounts)
    {
        ComputeThreads.Count = threads;
        foreach (int edgeCount in edgeCounts)
        {
            using var scope = NewDisposeScope();
            var edges = Edges(edgeCount);
            Tensor[] inputs = [randn(edges.SourceCount, Heads * Channels), randn(edges.SourceCount, Heads), randn(edges.TargetCount, Heads)];
            var upstream = randn(edges.TargetCount, Heads * Channels);
            var targets = tensor(Enumerable.Range(0, edges.TargetCount).SelectMany(t => Enumerable.Repeat((long)t, edges.Offsets[t + 1] - edges.Offsets[t])).ToArray());
            var sources = tensor(Array.ConvertAll(edges.Sources, source => (long)source));
            var (ours, theirs, second, dropped) = (new double[rounds], new double[rounds], new double[rounds], new double[rounds]);
            var attend = randn(Heads, Channels);
            for (int round = -1; round < rounds; round++)
            {
                double fused = Pass((s, l, t) => SegmentAttention.Apply(s, l, t, edges)), gathered = Pass((s, l, t) => Gathered(s, l, t, sources, targets));
                double version2 = Pass((s, _, _) => SegmentAttentionV2.Apply(s, s, attend, edges));
                var random = RandomStream.For(1, "benchmark", round);
                var dropout = EdgeDropout.Draw(1.0 / 3, ref random);
                double withDropout = Pass((s, l, t) => SegmentAttention.Apply(s, l, t, edges, dropout: dropout));
                if (round >= 0) (ours[round], theirs[round], second[round], dropped[round]) = (fused, gathered, version2, withDropout);
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{edgeCount,9:N0} edges: fused {ours.Median(),7:F1} ms, gather/scatter {theirs.Median(),7:F1} ms, ratio {theirs.Zip(ours, (a, b) => a / b).Median():F1}, {ours.Median() / edgeCount * 1e6:F1} ns an edge; second version {second.Median(),7:F1} ms; fused with dropout {dropped.Median(),7:F1} ms, ratio {dropped.Zip(ours, (a, b) => a / b).Median():F2}"));

            double Pass(Func<Tensor, Tensor, Tensor, Tensor> attend) => Alternating.Time(() =>
            {
                using var step = NewDisposeScope();
                Tensor[] leaves = [.. inputs.Select(input => input.detach().requires_grad_())];
                (attend(leaves[0], leaves[1], leaves[2]) * upstream).sum().backward();
            });
        }
    }

    private static Tensor Gathered(Tensor source, Tensor sourceLogit, Tensor targetLogit, Tensor sources, Tensor targets)
    {
        var logits = nn.functional.leaky_relu(targetLogit.index_select(0, targets) + sourceLogit.index_select(0, sources), SegmentAttention.NegativeSlope);     // [E, H]
        var raw = (logits - logits.max()).exp();
        var sums = zeros(targetLogit.shape[0], Heads).index_add(0, targets, raw, 1);
        var weights = raw / sums.index_select(0, targets);
        var messages = source.index_select(0, sources).view(-1, Heads, Channels) * weights.unsqueeze(-1);
        return zeros(targetLogit.shape[0], Heads * Channels).index_add(0, targets, messages.view(-1, Heads * Channels), 1);
    }

    private static EdgeList Edges(int count)
    {
        var random = new Random(1);
        int targets = count / DegreeOfTargets;
        return new EdgeList(targets, targets, [.. Enumerable.Range(0, targets + 1).Select(t => t * DegreeOfTargets)], [.. Enumerable.Range(0, targets * DegreeOfTargets).Select(_ => random.Next(targets))]);
    }
}
