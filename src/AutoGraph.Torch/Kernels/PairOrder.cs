using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>Members of one head sorted by their source logits and by the thresholds of their target logits.</summary>
/// <param name="Source">[N] s.</param>
/// <param name="Threshold">[N] −p: the logit of t and j is negative where s_j is below it.</param>
/// <param name="BySource">Members by rising s.</param>
/// <param name="ByThreshold">Members by rising threshold.</param>
internal sealed record PairOrder(double[] Source, double[] Threshold, int[] BySource, int[] ByThreshold)
{
    /// <summary>One per head of source logits and target logits [N, H].</summary>
    public static unsafe PairOrder[] OfHeads(Tensor sourceLogit, Tensor targetLogit)
    {
        int members = (int)sourceLogit.shape[0], heads = (int)sourceLogit.shape[1];
        double* s = Lanes.Pointer<double>(sourceLogit), p = Lanes.Pointer<double>(targetLogit);
        var orders = new PairOrder[heads];
        for (int h = 0; h < heads; h++)
        {
            var (source, threshold) = (new double[members], new double[members]);
            for (int n = 0; n < members; n++) (source[n], threshold[n]) = (s[(long)n * heads + h], -p[(long)n * heads + h]);
            orders[h] = new(source, threshold, Sorted(source), Sorted(threshold));
        }
        return orders;
    }

    private static int[] Sorted(double[] values)
    {
        var (keys, members) = ((double[])values.Clone(), new int[values.Length]);
        for (int n = 0; n < members.Length; n++) members[n] = n;
        Array.Sort(keys, members);
        return members;
    }
}
