using System.Globalization;

namespace AutoGraph.Core.Evaluation;

/// <summary>Names one figure of <see cref="RankingMetrics"/>.</summary>
public enum RankingMetric
{
    /// <summary>Normalised discounted cumulative gain at K.</summary>
    Ndcg,

    /// <summary>Hit rate at K.</summary>
    HitRate,

    /// <summary>Mean reciprocal rank.</summary>
    ReciprocalRank,

    /// <summary>Area under the ROC curve, grouped by user.</summary>
    GroupedAuc,

    /// <summary>Recall at K; with one target the hit rate.</summary>
    Recall,

    /// <summary>Precision at K.</summary>
    Precision,

    /// <summary>Average precision at K; its average over users is MAP.</summary>
    AveragePrecision,
}

/// <summary>Figures of one query, or their averages over users; each 0 to 1, higher is better (paper §4.1.2).</summary>
/// <param name="Ndcg">NDCG@K: 1 / log2(1 + r) where the target's rank r ≤ K, else 0.</param>
/// <param name="HitRate">HR@K: 1 where r ≤ K, else 0.</param>
/// <param name="ReciprocalRank">MRR: 1 / r, not truncated.</param>
/// <param name="GroupedAuc">GAUC: (C − r) / (C − 1) with C candidates, the target included.</param>
/// <param name="Precision">Part of the K places that hold the target: 1 / K where r ≤ K, else 0.</param>
/// <param name="AveragePrecision">MAP@K: 1 / r where r ≤ K, else 0; the reciprocal rank cut off at K.</param>
public readonly record struct RankingMetrics(double Ndcg, double HitRate, double ReciprocalRank, double GroupedAuc, double Precision, double AveragePrecision)
{
    /// <summary>Recall@K: the part of the targets found in K places; a query has one, so that it equals <see cref="HitRate"/>.</summary>
    public double Recall => HitRate;

    /// <summary>The figures of one query.</summary>
    /// <param name="rank">Rank r of the target, from 1; halves stand for ties.</param>
    /// <param name="candidates">Number of candidates C, the target included, at least 2.</param>
    /// <param name="k">Cut-off K of NDCG, HR, precision and MAP, at least 1.</param>
    public static RankingMetrics Of(double rank, int candidates, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(candidates, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (!(rank >= 1 && rank <= candidates))
            throw new ArgumentOutOfRangeException(nameof(rank), rank, $"Expected a rank from 1 to {candidates}.");
        bool hit = rank <= k;
        return new(hit ? 1 / Math.Log2(1 + rank) : 0, hit ? 1 : 0, 1 / rank, (candidates - rank) / (candidates - 1), hit ? 1.0 / k : 0, hit ? 1 / rank : 0);
    }

    /// <summary>One figure by name.</summary>
    public double this[RankingMetric metric] => metric switch
    {
        RankingMetric.Ndcg => Ndcg,
        RankingMetric.HitRate => HitRate,
        RankingMetric.ReciprocalRank => ReciprocalRank,
        RankingMetric.GroupedAuc => GroupedAuc,
        RankingMetric.Recall => Recall,
        RankingMetric.Precision => Precision,
        RankingMetric.AveragePrecision => AveragePrecision,
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "Expected a metric of this enumeration."),
    };

    /// <summary>The paper's four figures with their cut-off.</summary>
    internal string ToString(int k) => string.Create(CultureInfo.InvariantCulture,
        $"NDCG@{k} {Ndcg:F4}, HR@{k} {HitRate:F4}, MRR {ReciprocalRank:F4}, GAUC {GroupedAuc:F4}");
}
