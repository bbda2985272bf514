using AutoGraph.Core.Features;
using AutoGraph.Core.Interactions;
using AutoGraph.Core.Retrieval;
using AutoGraph.Core.Snapshots;

namespace AutoGraph;

// What a cluster of machines needs of an engine: the same code over other tables of the same model.
public sealed partial class RecommendationEngine
{
    private readonly Action<IReadOnlyList<Change>>? _observe;

    private RecommendationEngine(RecommendationEngine other, EngineSnapshot snapshot, int[] untrained, Action<IReadOnlyList<Change>>? observe)
    {
        (_context, _model, _pass, _factorLevels, _itemRows, _userRows, _factorNames) = (other._context, other._model, other._pass, other._factorLevels, other._itemRows, other._userRows, other._factorNames);
        (_snapshot, _untrained, _observe) = (snapshot, untrained, observe);
    }

    /// <summary>An engine of the same model over other tables, without a log; shares everything that is not changed.</summary>
    /// <param name="snapshot">The tables.</param>
    /// <param name="observe">Told of each change that became visible.</param>
    internal RecommendationEngine Over(EngineSnapshot snapshot, Action<IReadOnlyList<Change>>? observe = null) => new(this, snapshot, _untrained, observe);

    /// <summary>The items of this moment whose ids are chosen, as a catalogue of their own.</summary>
    internal CatalogueSlice Slice(Func<string, bool> isChosen)
    {
        var items = _snapshot.Items;
        int[] chosen = [.. Enumerable.Range(0, items.Ids.Count).Where(item => isChosen(items.Ids[item]))];
        int count = chosen.Length;
        var tables = new EngineSnapshot.ItemTables(new IdIndex(new EntityIndex(chosen.Select(item => items.Ids[item]))), Rows(items.Codes, chosen), Rows(items.Vectors, chosen),
            SharedRows<float>.Of([], count, 0), SharedRows<float>.Of([], count, 0), SharedRows<float>.Of([], count, 0), Rows(items.Content, chosen), SharedRows<int[]?>.Of(new int[]?[count], count, 1), SharedRows<FeatureTable?>.Of(new FeatureTable?[count], count, 1), Rows(items.Hidden, chosen));
        int[] untrained = [.. Enumerable.Range(0, count).Where(place => IsNew(_snapshot, chosen[place]))];
        return new(new RecommendationEngine(this, new EngineSnapshot(tables, _snapshot.Users), untrained, null), SharedRows<long>.Of([.. chosen.Select(item => (long)item)], count, 1));
    }

    /// <summary>The best items of these tables for user vectors, and the best new ones where the request keeps places for them; positions are those of the tables.</summary>
    internal (ScoredItem[] Best, ScoredItem[] New) Candidates(ReadOnlySpan<float> userVectors, ReadOnlySpan<int> seen, int count, RequestOptions options) => Candidates(_snapshot, userVectors, seen, count, options);

    /// <summary>Whether no training row has an item of these tables.</summary>
    internal bool IsNew(int item) => IsNew(_snapshot, item);

    /// <summary>An item found elsewhere as a recommendation: its reasons from these tables.</summary>
    internal Recommendation Recommended(SliceItem item, ReadOnlySpan<int> history) => new(item.Id, item.Score, ReasonsOf(_snapshot, history).For(_snapshot.Items.Ids.PositionOf(item.Id), item.Codes));

    /// <summary>Users whose interactions with an item the model was fitted on; none for an item that joined, or without a graph.</summary>
    internal string[] FittedUsersOf(string itemId)
    {
        int item = _snapshot.Items.Ids.PositionOf(itemId);
        if (item < 0 || item >= _snapshot.Items.Ids.FittedCount || _pass.Graph is not { } graph) return [];
        return [.. graph.UsersOf(item).ToArray().Select(user => _snapshot.Users.Ids[user])];
    }

    private static SharedRows<T> Rows<T>(SharedRows<T> table, int[] chosen)
    {
        var values = new T[chosen.Length * table.Width];
        for (int i = 0; i < chosen.Length; i++) table[chosen[i]].CopyTo(values.AsSpan(i * table.Width));
        return SharedRows<T>.Of(values, chosen.Length, table.Width);
    }
}
