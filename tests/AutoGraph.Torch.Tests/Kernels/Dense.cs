using AutoGraph.Torch.Kernels;

namespace AutoGraph.Torch.Tests.Kernels;

/// <summary>The kernels as their formulas read, in double, with plain loops.</summary>
internal static class Dense
{
    public static double[,] Attention(double[,] source, double[,] sourceLogit, double[,] targetLogit, EdgeList edges, double[,]? ageLogit = null, EdgeDropout dropout = default)
    {
        int heads = sourceLogit.GetLength(1), width = source.GetLength(1), channels = width / heads;
        var output = new double[edges.TargetCount, width];
        for (int t = 0; t < edges.TargetCount; t++)
            for (int h = 0; h < heads; h++)
            {
                var kept = Enumerable.Range(edges.Offsets[t], edges.Offsets[t + 1] - edges.Offsets[t]).Where(e => edges.Removed is null || !edges.Removed[e]).ToList();
                double sum = 0;
                foreach (int e in kept) sum += Weight(e);
                foreach (int e in kept)
                    for (int c = h * channels; c < (h + 1) * channels; c++)
                        output[t, c] += Weight(e) / sum * Kept(edges, t, e, h, dropout) * source[edges.Sources[e], c];

                double Weight(int e)
                {
                    double x = targetLogit[t, h] + sourceLogit[edges.Sources[e], h] + (ageLogit is null ? 0 : ageLogit[edges.Offsets[t + 1] - 1 - e, h]);
                    return Math.Exp(x < 0 ? 0.2 * x : x);
                }
            }
        return output;
    }

    public static double[,] AttentionV2(double[,] source, double[,] target, double[,] attend, EdgeList edges, double[,]? ageLogit, EdgeDropout dropout = default)
    {
        int heads = attend.GetLength(0), channels = attend.GetLength(1);
        var output = new double[edges.TargetCount, heads * channels];
        for (int t = 0; t < edges.TargetCount; t++)
            for (int h = 0; h < heads; h++)
            {
                var kept = Enumerable.Range(edges.Offsets[t], edges.Offsets[t + 1] - edges.Offsets[t]).Where(e => edges.Removed is null || !edges.Removed[e]).ToList();
                double sum = kept.Sum(Weight);
                foreach (int e in kept)
                    for (int c = h * channels; c < (h + 1) * channels; c++) output[t, c] += Weight(e) / sum * Kept(edges, t, e, h, dropout) * source[edges.Sources[e], c];

                double Weight(int e)
                {
                    double x = ageLogit is null ? 0 : ageLogit[edges.Offsets[t + 1] - 1 - e, h];
                    for (int c = 0; c < channels; c++)
                    {
                        double z = target[t, h * channels + c] + source[edges.Sources[e], h * channels + c];
                        x += attend[h, c] * (z < 0 ? 0.2 * z : z);
                    }
                    return Math.Exp(x);
                }
            }
        return output;
    }

    private static double Kept(EdgeList edges, int target, int edge, int head, EdgeDropout dropout) => !dropout.IsOn ? 1 : dropout.Drops(target, edges.Sources[edge], head) ? 0 : dropout.Scale;

    /// <summary>Attention over all pairs of members who have a code in common on one of the first levels.</summary>
    public static double[,] Pairs(double[,] source, double[,] sourceLogit, double[,] targetLogit, Core.Codes.CodeTable codes, int levels)
    {
        int members = source.GetLength(0);
        int[][] neighbors = [.. Enumerable.Range(0, members).Select(t => Enumerable.Range(0, members).Where(j => Enumerable.Range(0, levels).Any(level => codes.Row(t)[level] == codes.Row(j)[level])).ToArray())];
        var offsets = new int[members + 1];
        for (int t = 0; t < members; t++) offsets[t + 1] = offsets[t] + neighbors[t].Length;
        return Attention(source, sourceLogit, targetLogit, new EdgeList(members, members, offsets, [.. neighbors.SelectMany(n => n)]));
    }

    public static double[,] Mean(double[,] table, EdgeList edges)
    {
        var output = new double[edges.TargetCount, table.GetLength(1)];
        for (int t = 0; t < edges.TargetCount; t++)
            for (int e = edges.Offsets[t]; e < edges.Offsets[t + 1]; e++)
                for (int c = 0; c < table.GetLength(1); c++)
                    output[t, c] += table[edges.Sources[e], c] / (edges.Offsets[t + 1] - edges.Offsets[t]);
        return output;
    }

    /// <summary>Candidates of each row: the positive, then its negatives.</summary>
    public static double Loss(RankingLoss loss, double[,] users, double[,] items, IReadOnlyList<int[]> candidates, double[]? logQ = null)
    {
        double total = 0;
        for (int b = 0; b < candidates.Count; b++)
        {
            double positive = Score(b, candidates[b][0]);
            double[] negatives = [.. candidates[b].Skip(1).Select(item => Score(b, item))];
            total += loss switch
            {
                RankingLoss.Bpr => negatives.Length == 0 ? 0 : negatives.Average(score => -Math.Log(Sigmoid(positive - score))),
                RankingLoss.BinaryCrossEntropy => -0.5 * (Math.Log(Sigmoid(positive)) + negatives.Select(score => Math.Log(Sigmoid(-score))).DefaultIfEmpty(0).Average()),
                _ => Math.Log(Math.Exp(positive) + negatives.Sum(Math.Exp)) - positive,
            };
        }
        return total / candidates.Count;

        static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

        double Score(int b, int item)
        {
            double dot = logQ is null ? 0 : -logQ[item];
            for (int c = 0; c < users.GetLength(1); c++) dot += users[b, c] * items[item, c];
            return dot;
        }
    }

    public static IReadOnlyList<int[]> Rows(EdgeList edges) => [.. Enumerable.Range(0, edges.TargetCount).Select(b => edges.Sources[edges.Offsets[b]..edges.Offsets[b + 1]])];
}
