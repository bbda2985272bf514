namespace AutoGraph.TestKit;

/// <summary>Ranking figures the slow and obvious way, in double, straight from the formulas.</summary>
public static class DenseRanking
{
    /// <summary>Rank and number of candidates of a target among given candidates (the target may be among them or not).</summary>
    public static (double Rank, int Candidates) Rank(IReadOnlyList<float> scores, int target, IEnumerable<int> candidates)
    {
        var others = candidates.Where(item => item != target).Distinct().ToArray();
        double greater = others.Count(item => (double)scores[item] > scores[target]);
        double equal = others.Count(item => (double)scores[item] == scores[target]);
        return (1 + greater + equal / 2, others.Length + 1);
    }

    /// <summary>Averages [NDCG@k, HR@k, MRR, GAUC] over the ranks whose targets have at least one other candidate.</summary>
    public static double[] Average(IEnumerable<(double Rank, int Candidates)> ranks, int k)
    {
        var ranked = ranks.Where(r => r.Candidates > 1).ToArray();
        return
        [
            ranked.Average(r => r.Rank <= k ? 1 / Math.Log2(1 + r.Rank) : 0),
            ranked.Average(r => r.Rank <= k ? 1.0 : 0),
            ranked.Average(r => 1 / r.Rank),
            ranked.Average(r => (r.Candidates - r.Rank) / (r.Candidates - 1)),
        ];
    }
}
