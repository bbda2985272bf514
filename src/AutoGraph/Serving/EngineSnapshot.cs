using AutoGraph.Core.Features;
using AutoGraph.Core.Snapshots;
using AutoGraph.Torch.Insertion;

namespace AutoGraph;

/// <summary>All that requests read: tables of users and items. A change makes a new snapshot that shares all chunks but those changed.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed record EngineSnapshot(EngineSnapshot.ItemTables Items, EngineSnapshot.UserTables Users)
{
    /// <summary>The approximate index over the items, or null.</summary>
    internal ItemIndex? Index { get; init; }

    /// <summary>Tables of items, by position.</summary>
    /// <param name="Ids">Ids.</param>
    /// <param name="Codes">[I, T]; T is 0 without codes.</param>
    /// <param name="Vectors">[I, D].</param>
    /// <param name="History">[I, D] what the backbone reads of them.</param>
    /// <param name="States">[I, Wi] what user vectors of an enhancement read of them.</param>
    /// <param name="Nodes">[I, Dg] what users read of them in the graph.</param>
    /// <param name="Content">[I, V] centred semantic vectors; V is 0 without any.</param>
    /// <param name="Users">Who interacted with them; null: as in the fit.</param>
    /// <param name="Features">Rows of features; null: as in the fit.</param>
    /// <param name="Hidden">Whether they were removed.</param>
    internal sealed record ItemTables(
        IdIndex Ids, SharedRows<int> Codes, SharedRows<float> Vectors, SharedRows<float> History, SharedRows<float> States, SharedRows<float> Nodes, SharedRows<float> Content,
        SharedRows<int[]?> Users, SharedRows<FeatureTable?> Features, SharedRows<bool> Hidden)
    {
        internal bool IsHidden(int item) => Hidden[item][0];

        /// <summary>Whether an item stands as in tables before: what an update keeps of it is the same.</summary>
        internal bool HasSame(ItemTables before, string id) => Ids.PositionOf(id) is var at && at == before.Ids.PositionOf(id)
            && (at < 0 || (IsHidden(at) == before.IsHidden(at) && ReferenceEquals(Users[at][0], before.Users[at][0]) && ReferenceEquals(Features[at][0], before.Features[at][0])));
    }

    /// <summary>Tables of users, by position.</summary>
    /// <param name="Ids">Ids.</param>
    /// <param name="Codes">[U] codes; empty where there are none.</param>
    /// <param name="States">[U, Wu] what user vectors of an enhancement know of them.</param>
    /// <param name="Nodes">[U, Dg] what items read of them in the graph.</param>
    /// <param name="Histories">Items, oldest first.</param>
    /// <param name="Features">Rows of features; null: as in the fit.</param>
    /// <param name="Hidden">Whether they were removed.</param>
    internal sealed record UserTables(
        IdIndex Ids, SharedRows<int[]> Codes, SharedRows<float> States, SharedRows<float> Nodes, SharedRows<ReadOnlyMemory<int>> Histories,
        SharedRows<FeatureTable?> Features, SharedRows<bool> Hidden)
    {
        internal bool IsHidden(int user) => Hidden[user][0];

        /// <summary>Whether a user stands as in tables before: what an update keeps of the user is the same.</summary>
        internal bool HasSame(UserTables before, string id) => Ids.PositionOf(id) is var at && at == before.Ids.PositionOf(id)
            && (at < 0 || (IsHidden(at) == before.IsHidden(at) && Histories[at][0].Equals(before.Histories[at][0]) && ReferenceEquals(Codes[at][0], before.Codes[at][0]) && ReferenceEquals(Features[at][0], before.Features[at][0])));
    }

    /// <summary>The snapshot of a model as it was fitted.</summary>
    internal static EngineSnapshot Of(GraphEnhancedRecommenderTransformer model, NodePass pass)
    {
        int items = model.Items.Ids.Count, users = model.Users.Ids.Count;
        var content = ContentOf(model);
        var graph = model.Model.Graph?.Graph;
        var (itemCodes, userCodes) = (graph?.ItemCodes, graph?.UserCodes);
        return new(
            new(new IdIndex(model.Items.Ids),
                SharedRows<int>.Of(itemCodes is null ? [] : itemCodes.Values, items, itemCodes?.Levels ?? 0),
                SharedRows<float>.Of(model.Model.ItemVectors.Span, items, model.Model.Dimension),
                SharedRows<float>.Of(pass.HistoryRows, items, model.Model.Dimension),
                SharedRows<float>.Of(pass.ItemStates, items, pass.ItemStateWidth),
                SharedRows<float>.Of(pass.Graph?.Items ?? [], items, pass.Graph?.Width ?? 0),
                SharedRows<float>.Of(content?.Values ?? [], items, content?.Width ?? 0),
                SharedRows<int[]?>.Of(new int[]?[items], items, 1),
                SharedRows<FeatureTable?>.Of(new FeatureTable?[items], items, 1),
                SharedRows<bool>.Of(new bool[items], items, 1)),
            new(new IdIndex(model.Users.Ids),
                SharedRows<int[]>.Of(Enumerable.Range(0, users).Select(user => userCodes is null ? [] : userCodes.Row(user).ToArray()).ToArray(), users, 1),
                SharedRows<float>.Of(pass.UserStates, users, pass.UserStateWidth),
                SharedRows<float>.Of(pass.Graph?.Users ?? [], users, pass.Graph?.Width ?? 0),
                SharedRows<ReadOnlyMemory<int>>.Of(Enumerable.Range(0, users).Select(user => model.Histories[user]).ToArray(), users, 1),
                SharedRows<FeatureTable?>.Of(new FeatureTable?[users], users, 1),
                SharedRows<bool>.Of(new bool[users], users, 1)));
    }

    /// <summary>Semantic vectors of items, or null.</summary>
    internal static SemanticField? ContentOf(GraphEnhancedRecommenderTransformer model) => model.Items.Features.Fields.OfType<SemanticField>().FirstOrDefault();

    /// <summary>The snapshot after changes.</summary>
    /// <exception cref="InvalidDataException">A change does not fit: it belongs to another model.</exception>
    internal EngineSnapshot After(IEnumerable<Change> changes)
    {
        var (items, users, index) = (Items, Users, Index);
        foreach (var change in changes)
            switch (change)
            {
                case Change.ItemChange item:
                    items = After(items, item);
                    index = index?.After(item);
                    break;
                case Change.UserChange user:
                    users = After(users, user);
                    break;
                case Change.HideChange { IsItem: true } hide:
                    items = items with { Hidden = items.Hidden.With(Known(hide.Position, items.Ids.Count, "item"), [true]) };
                    break;
                case Change.HideChange hide:
                    users = users with { Hidden = users.Hidden.With(Known(hide.Position, users.Ids.Count, "user"), [true]) };
                    break;
            }
        return new(items, users) { Index = index };
    }

    /// <summary>The snapshot with rows of an item computed elsewhere, at its own position here.</summary>
    internal EngineSnapshot Put(Change.ItemChange change) => After([change with { Position = PlaceOf(Items.Ids, change.Id), Users = null }]);

    /// <summary>The snapshot with rows of a user computed elsewhere, at the user's own position here.</summary>
    /// <param name="change">The rows.</param>
    /// <param name="history">Ids of items that are here.</param>
    internal EngineSnapshot Put(Change.UserChange change, IEnumerable<string> history) => After([change with { Position = PlaceOf(Users.Ids, change.Id), History = [.. history.Select(Items.Ids.PositionOf)] }]);

    private static int PlaceOf(IdIndex ids, string id) => ids.PositionOf(id) is >= 0 and var known ? known : ids.Count;

    private static ItemTables After(ItemTables tables, Change.ItemChange change)
    {
        var (at, isNew) = Place(tables.Ids, change.Position, change.Id);
        return new(isNew ? tables.Ids.Append(change.Id) : tables.Ids, Put(tables.Codes, at, change.Codes), Put(tables.Vectors, at, change.Row.Vector), Put(tables.History, at, change.Row.History),
            Put(tables.States, at, change.Row.State), Put(tables.Nodes, at, change.Row.Node), Put(tables.Content, at, change.Content), Put(tables.Users, at, [change.Users]), Put(tables.Features, at, [change.Features]), Put(tables.Hidden, at, [false]));
    }

    private static UserTables After(UserTables tables, Change.UserChange change)
    {
        var (at, isNew) = Place(tables.Ids, change.Position, change.Id);
        return new(isNew ? tables.Ids.Append(change.Id) : tables.Ids, Put(tables.Codes, at, [change.Codes]), Put(tables.States, at, change.Row.State), Put(tables.Nodes, at, change.Row.Node),
            Put(tables.Histories, at, [(ReadOnlyMemory<int>)change.History]), Put(tables.Features, at, [change.Features]), Put(tables.Hidden, at, [false]));
    }

    private static SharedRows<T> Put<T>(SharedRows<T> table, int position, ReadOnlySpan<T> row) => position == table.Count ? table.Append(row) : table.With(position, row);

    private static (int At, bool IsNew) Place(IdIndex ids, int position, string id)
    {
        int found = ids.PositionOf(id);
        if (found != (position == ids.Count ? -1 : position)) throw new InvalidDataException($"Expected '{id}' at position {position}, found it at {found} (-1: nowhere). The changes belong to another model.");
        return (position, position == ids.Count);
    }

    private static int Known(int position, int count, string side) => (uint)position < (uint)count ? position
        : throw new InvalidDataException($"Expected the position of an {side} below {count}, found {position}. The changes belong to another model.");
}
