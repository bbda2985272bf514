namespace AutoGraph.Core.Interpretation;

/// <summary>
/// Log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, "Fightin' words", §3.3–3.5):
/// δ = ln (y + α) / (n + α₀ − y − α), of the factor minus of the rest; σ² ≈ 1 / (y + α) of both; z = δ / σ. The prior α of a
/// term is α₀ times its share of all occurrences, so that a rare term needs more than one chance occurrence to stand out.
/// </summary>
internal static class LogOdds
{
    /// <param name="inside">Occurrences y of the term within the factor.</param>
    /// <param name="insideAll">Occurrences n of all terms within the factor.</param>
    /// <param name="all">Occurrences of the term anywhere, those within the factor included, at least 1.</param>
    /// <param name="allAll">Occurrences of all terms anywhere.</param>
    /// <param name="priorWeight">α₀.</param>
    /// <returns>δ and z; NaN where there is only one term.</returns>
    public static (double Delta, double ZScore) Of(int inside, long insideAll, int all, long allAll, double priorWeight)
    {
        double prior = priorWeight * all / allAll;
        double delta = LogOddsOf(inside, insideAll, prior, priorWeight) - LogOddsOf(all - inside, allAll - insideAll, prior, priorWeight);
        return (delta, delta / Math.Sqrt(1 / (inside + prior) + 1 / (all - inside + prior)));
    }

    private static double LogOddsOf(int count, long total, double prior, double priorWeight) => Math.Log((count + prior) / (total + priorWeight - count - prior));
}
