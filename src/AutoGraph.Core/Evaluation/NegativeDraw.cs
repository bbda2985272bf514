using AutoGraph.Core.Randomness;

namespace AutoGraph.Core.Evaluation;

/// <summary>Draws a query's negatives: uniform over the items other than the target, without repetition, the same for the same (seed, user, target) – by their ids where the queries know them, else by positions.</summary>
internal sealed class NegativeDraw
{
    private readonly RankingQueries _queries;
    private readonly int _itemCount;
    private readonly int _seed;
    private readonly int[] _drawn;
    private readonly HashSet<int> _taken;
    private readonly int[]? _itemsById, _places;

    internal NegativeDraw(RankingQueries queries, int itemCount, int negatives, int seed)
    {
        (_queries, _itemCount, _seed) = (queries, itemCount, seed);
        _drawn = new int[Math.Min(negatives, itemCount - 1)];
        _taken = new(_drawn.Length);
        if (queries.Identity is not { } identity || identity.ItemsById.Length != itemCount) return;      // ranked among more items than the ids are known of
        (_itemsById, _places) = (identity.ItemsById, new int[itemCount]);
        for (int place = 0; place < itemCount; place++) _places[_itemsById[place]] = place;
    }

    /// <summary>Negatives of each query.</summary>
    internal int Count => _drawn.Length;

    /// <summary>The negatives of a query; valid until the next call.</summary>
    internal ReadOnlySpan<int> For(int query)
    {
        int target = _queries.Targets[query];
        var random = RandomStream.ForKey(_seed, _queries.Identity?.Rows[query] ?? (((ulong)(uint)_queries.Users[query] << 32) | (uint)target));
        int skipped = _places?[target] ?? target;
        // Floyd's sampling: places 0..n-2 stand for the items without the target; no rejection however many are asked for.
        _taken.Clear();
        int others = _itemCount - 1, count = 0;
        for (int last = others - _drawn.Length; last < others; last++)
        {
            int pick = random.NextInt(last + 1);
            if (!_taken.Add(pick)) _taken.Add(pick = last);
            int place = pick < skipped ? pick : pick + 1;
            _drawn[count++] = _itemsById?[place] ?? place;
        }
        return _drawn;
    }
}
