using AutoGraph.Core.Retrieval;
using AutoGraph.Core.Snapshots;

namespace AutoGraph;

/// <summary>A part of the items of a model, searched as the whole is; the answers of all parts merge to that of the whole (<see cref="Merge"/>).</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed class CatalogueSlice
{
    private readonly RecommendationEngine _engine;      // over the tables of this part
    private readonly SharedRows<long> _order;           // ascending: of equal scores the lower comes first

    internal CatalogueSlice(RecommendationEngine engine, SharedRows<long> order) => (_engine, _order) = (engine, order);

    /// <summary>Number of items, hidden ones included.</summary>
    internal int Count => _order.Count;

    /// <summary>Whether the item is here, hidden or not.</summary>
    internal bool Has(string id) => _engine.Snapshot.Items.Ids.PositionOf(id) >= 0;

    /// <summary>The slice with an item that joined, came back or changed.</summary>
    /// <param name="change">Its rows.</param>
    /// <param name="order">Its place among all items where it is new here: above that of every item before.</param>
    internal CatalogueSlice Put(Change.ItemChange change, long order)
    {
        var ids = _engine.Snapshot.Items.Ids;
        int position = ids.PositionOf(change.Id) is >= 0 and var known ? known : ids.Count;
        if (position == ids.Count && position > 0 && order <= _order[position - 1][0]) throw new ArgumentException($"Expected a place above {_order[position - 1][0]}, found {order}.", nameof(order));
        var own = change with { Position = position, Row = change.Row with { History = [], State = [], Node = [] }, Users = null };
        return new(_engine.Over(_engine.Snapshot.After([own])), position == ids.Count ? _order.Append([order]) : _order);
    }

    /// <summary>The slice without an item that is shown.</summary>
    internal CatalogueSlice Hide(string id) =>
        _engine.Snapshot.Items.Ids.PositionOf(id) is >= 0 and var item ? new(_engine.Over(_engine.Snapshot.After([new Change.HideChange(true, item)])), _order) : this;

    /// <summary>The best items of this part, and the best new ones where the request keeps places for them.</summary>
    /// <param name="userVectors">[K, D].</param>
    /// <param name="seen">Items of the history; those of other parts are ignored.</param>
    /// <param name="count">Items wanted.</param>
    /// <param name="options">What may come; no content term, which needs the scores of all parts.</param>
    internal (SliceItem[] Best, SliceItem[] New) Search(ReadOnlySpan<float> userVectors, IEnumerable<string> seen, int count, RequestOptions options)
    {
        var items = _engine.Snapshot.Items;
        int[] history = [.. seen.Select(items.Ids.PositionOf).Where(item => item >= 0)];
        var (best, bestNew) = _engine.Candidates(userVectors, history, count, options);
        return ([.. best.Select(Of)], [.. bestNew.Select(Of)]);

        SliceItem Of(ScoredItem item) => new(items.Ids[item.Position], item.Score, _order[item.Position][0], _engine.IsNew(item.Position), items.Codes[item.Position].ToArray());
    }

    /// <summary>The answer of the whole from those of all its parts.</summary>
    /// <param name="best">The best of each part.</param>
    /// <param name="bestNew">The best new ones of each part.</param>
    /// <param name="count">Items wanted.</param>
    /// <param name="newItems">Places kept for new items.</param>
    internal static SliceItem[] Merge(IEnumerable<SliceItem> best, IEnumerable<SliceItem> bestNew, int count, int newItems)
    {
        SliceItem[] all = [.. best.Concat(bestNew).DistinctBy(item => item.Order).OrderBy(item => item.Order)];
        float[] scores = [.. all.Select(item => item.Score)];
        var chosen = TopK.Select(scores, count);
        if (newItems > 0) chosen = NewItemQuota.Apply(chosen, TopK.Select(scores, Math.Min(newItems, count), item => all[item].IsNew), count, item => all[item].IsNew);
        return [.. chosen.Select(item => all[item.Position])];
    }
}
