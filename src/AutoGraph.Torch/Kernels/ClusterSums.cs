using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>Sums of the rows of each cluster on the CPU, gathered cluster by cluster: no one-hot matrix, and the same bits for any number of threads.</summary>
internal static unsafe class ClusterSums
{
    /// <param name="rows">[N, D] float, contiguous, on the CPU.</param>
    /// <param name="codes">Cluster of each row, [N].</param>
    /// <param name="sums">[K, D] float, contiguous; receives the sums.</param>
    /// <returns>Rows per cluster, [K].</returns>
    public static int[] Of(Tensor rows, ReadOnlySpan<long> codes, Tensor sums)
    {
        int width = (int)rows.shape[1], size = (int)sums.shape[0];
        Shapes.Expect(rows, nameof(rows), codes.Length, width);
        Shapes.Expect(sums, nameof(sums), size, width);
        Shapes.IsDouble(rows, sums);
        var offsets = new int[size + 1];
        foreach (long code in codes) offsets[code + 1]++;
        for (int k = 0; k < size; k++) offsets[k + 1] += offsets[k];
        var (next, members) = (offsets.AsSpan(0, size).ToArray(), new int[codes.Length]);
        for (int row = 0; row < codes.Length; row++) members[next[codes[row]]++] = row;
        float* source = Lanes.Pointer<float>(rows), target = Lanes.Pointer<float>(sums);
        CpuLoop.Run(size, (long)codes.Length * width, (from, to) =>
        {
            for (int k = from; k < to; k++)
            {
                float* sum = target + (long)k * width;
                new Span<float>(sum, width).Clear();
                for (int m = offsets[k]; m < offsets[k + 1]; m++) Lanes.AddScaled(sum, 1f, source + (long)members[m] * width, width);
            }
        });
        var sizes = new int[size];
        for (int k = 0; k < size; k++) sizes[k] = offsets[k + 1] - offsets[k];
        return sizes;
    }
}
