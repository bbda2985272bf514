using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>Fits the quantizers without a network, on the scaled vectors themselves.</summary>
/// <param name="Vectors">[N, V], centred.</param>
/// <param name="Size">Codes K per level at most.</param>
/// <param name="Options">Levels, rows per code, progress, cancellation.</param>
/// <param name="Seed">Seed.</param>
internal sealed record CodebookFit(Tensor Vectors, int Size, ResidualQuantizerOptions Options, int Seed)
{
    private const int Iterations = 25;
    private readonly System.Diagnostics.Stopwatch _clock = System.Diagnostics.Stopwatch.StartNew();

    /// <summary>k-means on what the levels before have left, over at most max(RowsPerCode · K, 4,096) rows.</summary>
    public (Codebooks, CodeAssigner) ResidualKMeans()
    {
        var random = RandomStream.For(Seed, "residual k-means");
        var levels = new List<Tensor>();
        var residual = KMeans.Sample(Vectors, Most(Size), ref random);
        for (int level = 0; level < Options.Levels; level++)
        {
            using var scope = NewDisposeScope();
            var centroids = KMeans.Fit(residual, Size, Iterations, ref random, Options.CancellationToken);
            var (codes, distances) = NearestCode.Find(residual, centroids);
            residual = Replace(residual, Scalars.Subtract(residual, TableRows.Of(centroids, codes)));
            Report(level, distances);
            levels.Add(centroids.MoveToOuterDisposeScope());
        }
        return (new(levels), new ResidualSearch(Options.BeamWidth));
    }

    /// <summary>
    /// Top-down k-means: every node of a level is split, in all into ⌊K^(t/T)⌉ nodes, more of them where a node has more
    /// rows that differ, and fewer in all where rows repeat. A code vector is the step from the parent's mean to the node's, so that x̂ is the mean of the deepest node.
    /// </summary>
    public (Codebooks, CodeAssigner) Hierarchical()
    {
        var random = RandomStream.For(Seed, "hierarchical clustering");
        var (levels, tree) = (new List<Tensor>(), new List<int[]>());
        var residual = KMeans.Sample(Vectors, Most(Size), ref random);
        List<int[]> nodes = [[.. Enumerable.Range(0, (int)residual.shape[0])]];
        for (int level = 0; level < Options.Levels; level++)
        {
            using var scope = NewDisposeScope();
            int wanted = (int)Math.Round(Math.Pow(Size, (level + 1.0) / Options.Levels));
            int[] children = NodeShares.Split(Distinct(residual, nodes), wanted);
            var (steps, below, offsets) = (new List<Tensor>(), new List<int[]>(), new int[nodes.Count + 1]);
            var left = zeros_like(residual);
            for (int node = 0; node < nodes.Count; node++)
            {
                using var one = NewDisposeScope();
                var index = tensor([.. nodes[node].Select(row => (long)row)], device: residual.device);
                var rows = TableRows.Of(residual, index);
                var centroids = KMeans.Fit(rows, children[node], Iterations, ref random, Options.CancellationToken);
                var codes = NearestCode.Find(rows, centroids).Codes;
                left.index_copy_(0, index, Scalars.Subtract(rows, TableRows.Of(centroids, codes)));
                long[] of = HostMemory.ToArray<long>(codes);
                int[] members = nodes[node];
                // rows that are nearly alike may leave a centroid without any
                var filled = Enumerable.Range(0, members.Length).GroupBy(i => of[i], i => members[i]).OrderBy(child => child.Key).ToArray();
                steps.Add(TableRows.Of(centroids, tensor([.. filled.Select(child => child.Key)], device: residual.device)).MoveToOuterDisposeScope());
                below.AddRange(filled.Select(child => child.ToArray()));
                offsets[node + 1] = below.Count;
            }
            if (level > 0) tree.Add(offsets);
            levels.Add(cat(steps).MoveToOuterDisposeScope());
            (nodes, residual) = (below, Replace(residual, left));
            Report(level, Scalars.Square(residual).sum(1));
        }
        return (new(levels), new TreeSearch(tree));
    }

    // how many rows of each node differ
    private static int[] Distinct(Tensor rows, List<int[]> nodes)
    {
        float[] values = HostMemory.ToArray<float>(rows);
        int width = (int)rows.shape[1];
        return [.. nodes.Select(node =>
        {
            int[] sorted = [.. node];
            Array.Sort(sorted, Compare);
            return 1 + sorted.Zip(sorted.Skip(1), (row, next) => Compare(row, next) == 0 ? 0 : 1).Sum();
        })];

        int Compare(int a, int b) => values.AsSpan(a * width, width).SequenceCompareTo(values.AsSpan(b * width, width));
    }

    /// <summary>Random hyperplanes; the vector of a code is the mean, over its rows, of what the levels before have left.</summary>
    public (Codebooks, CodeAssigner) Hashes()
    {
        int bits = System.Numerics.BitOperations.Log2((uint)Size), width = (int)Vectors.shape[1], size = 1 << bits;
        using var generator = new Generator(RandomStream.For(Seed, "hyperplanes").NextBits() >> 1, CPU);
        float[] planes = HostMemory.ToArray<float>(randn([(long)Options.Levels * bits, width], generator: generator));
        var search = new HashSearch(planes, width, bits);
        var levels = Enumerable.Range(0, Options.Levels).Select(_ => zeros(size, width, device: Vectors.device)).ToList();
        int[] codes = search.Assign(Vectors, new Codebooks(levels.Select(level => level.clone())));
        var residual = Vectors;
        for (int level = 0; level < Options.Levels; level++)
        {
            using var scope = NewDisposeScope();
            long[] column = [.. Enumerable.Range(0, codes.Length / Options.Levels).Select(row => (long)codes[row * Options.Levels + level])];
            var own = tensor(column, device: Vectors.device);
            var (sums, sizes) = ClusterStep.Sum(residual, own, size);
            levels[level].Dispose();
            levels[level] = (sums / Scalars.AtLeast(sizes, 1).unsqueeze(1)).MoveToOuterDisposeScope();
            var left = Scalars.Subtract(residual, TableRows.Of(levels[level], own));
            residual = ReferenceEquals(residual, Vectors) ? left.MoveToOuterDisposeScope() : Replace(residual, left);
            Report(level, Scalars.Square(residual).sum(1));
        }
        return (new(levels), search);
    }

    private int Most(int size) => (int)Math.Min(int.MaxValue, Math.Max((long)Options.RowsPerCode * size, 4096));

    private void Report(int level, Tensor squared)
    {
        Options.CancellationToken.ThrowIfCancellationRequested();
        Options.Progress?.Report(new TrainingProgress("quantizer", level + 1, Options.Levels, squared.mean().item<float>(), null, _clock.Elapsed));
    }

    // out of the level's scope
    private static Tensor Replace(Tensor before, Tensor after)
    {
        before.Dispose();
        return after.MoveToOuterDisposeScope();
    }
}
