using AutoGraph.Core.Randomness;

namespace AutoGraph.Torch.Training;

/// <summary>Draws what the positives of each training step are compared with, as the options say.</summary>
internal sealed class NegativeSampler
{
    private readonly RecommenderOptions _options;
    private readonly int _itemCount;
    private readonly NegativePool? _pool;
    private readonly ItemDistribution? _distribution;
    private readonly double[]? _logQ;

    /// <param name="options">Loss, source and number of negatives.</param>
    /// <param name="interactions">[I] training interactions of each item.</param>
    /// <param name="positives">[I] training samples whose positive is the item.</param>
    /// <param name="laterItems">Items that are never negatives, or null.</param>
    public NegativeSampler(RecommenderOptions options, int[] interactions, int[] positives, IReadOnlyList<int>? laterItems = null)
    {
        (_options, _itemCount) = (options, interactions.Length);
        _pool = laterItems is { Count: > 0 } ? new NegativePool(_itemCount, laterItems) : null;
        if (options.Loss == RankingLoss.FullSoftmax) return;
        if (options.NegativeSource is NegativeSource.Popularity or NegativeSource.SharedPopularity)
            _distribution = new([.. interactions.Select((count, item) => _pool?.PlaceOf(item) < 0 ? 0 : Math.Pow(1.0 + count, options.PopularityPower))]);
        if (options.LogQCorrection && options.Loss == RankingLoss.SampledSoftmax)
            _logQ = (options.NegativeSource == NegativeSource.InBatch && positives.Any(count => count > 0) ? new ItemDistribution([.. positives.Select(count => (double)count)]) : _distribution)?.LogProbabilities;
    }

    /// <summary>The candidates of a batch.</summary>
    /// <param name="positives">[B].</param>
    /// <param name="random">Where negatives are drawn from.</param>
    public Candidates Draw(int[] positives, ref RandomStream random)
    {
        if (_options.Loss == RankingLoss.FullSoftmax) return new SharedCandidates(positives, _pool?.Items.ToArray(), null);
        return _options.NegativeSource switch
        {
            NegativeSource.Uniform => new OwnCandidates(NegativeSampling.Uniform(positives, _itemCount, _options.Negatives, ref random, _pool), null),
            NegativeSource.Popularity => new OwnCandidates(NegativeSampling.Weighted(positives, _itemCount, _distribution!, _options.Negatives, ref random), _logQ),
            NegativeSource.SharedUniform or NegativeSource.SharedPopularity => new SharedCandidates(positives, Shared(ref random), _logQ),
            NegativeSource.InBatch => new SharedCandidates(positives, positives, _logQ),
            _ => throw new InvalidOperationException($"Expected a named source of negatives, found {_options.NegativeSource}."),
        };
    }

    private int[] Shared(ref RandomStream random)
    {
        var items = new int[_options.Negatives];
        for (int j = 0; j < items.Length; j++) items[j] = _distribution?.Draw(ref random) ?? (_pool is null ? random.NextInt(_itemCount) : _pool[random.NextInt(_pool.Count)]);
        return items;
    }
}
