using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Features;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Interactions;
using AutoGraph.Torch.Attention;

namespace AutoGraph.Torch.Recommendation;

/// <summary>What a recommender learns from; entity positions are those of <paramref name="Train"/>.</summary>
/// <param name="Train">Training interactions.</param>
/// <param name="UserFeatures">Features of all users.</param>
/// <param name="ItemFeatures">Features of all items.</param>
public sealed record RecommenderData(InteractionTable Train, FeatureTable UserFeatures, FeatureTable ItemFeatures)
{
    /// <summary>Graph and initial weights for AutoGraph and FrozenVectors, codes for Uist; never changed by training (it trains a copy).</summary>
    public MetapathGraphModel? Graph { get; init; }

    /// <summary>Phrases of each item's text for Ccgnn, [I] rows.</summary>
    public Adjacency? ItemPhrases { get; init; }

    /// <summary>Similar items of each item for TopoI2I, [I] rows and columns.</summary>
    public Adjacency? ItemNeighbors { get; init; }

    /// <summary>Rows for early stopping; null holds out each user's last training positive.</summary>
    public RankingQueries? Validation { get; init; }

    /// <summary>
    /// Items that join after training: no training row names them, no sample has them as negatives, and no factor, phrase or item reads them in a graph, so that
    /// nothing is learned about them. They are scored by their features, their unknown id and, in a graph, what they read of their factors (paper App. A.3). Null: none.
    /// </summary>
    public IReadOnlyList<int>? LaterItems { get; init; }

    /// <summary>Throws where the parts do not fit each other or the options.</summary>
    /// <exception cref="ArgumentException">Says what was expected and what was found.</exception>
    internal void Check(RecommenderOptions options)
    {
        if (Train.Count == 0) throw new ArgumentException("Expected training interactions, found none.");
        if (Train.Items.Count < 2) throw new ArgumentException($"Expected at least 2 items to choose from, found {Train.Items.Count}.");
        if (UserFeatures.RowCount != Train.Users.Count || ItemFeatures.RowCount != Train.Items.Count)
            throw new ArgumentException($"Expected features of {Train.Users.Count} users and {Train.Items.Count} items, found {UserFeatures.RowCount} and {ItemFeatures.RowCount}.");
        CheckLaterItems(options);
        CheckValidation();
        if (options.Enhancement == Enhancement.Alignment && !ItemFeatures.Fields.Any(field => field is SemanticField))
            throw new ArgumentException($"Expected semantic vectors of items for {nameof(Enhancement)}.{nameof(Enhancement.Alignment)}, found none. Give their side table a pipeline that makes them (SideTable.SemanticColumn), or choose {nameof(Enhancement)}.{nameof(Enhancement.None)}.");
        if (options.Enhancement == Enhancement.Kar && !(options.UserContent ? UserFeatures.Fields.Concat(ItemFeatures.Fields) : ItemFeatures.Fields).Any(field => field is SemanticField))
            throw new ArgumentException($"Expected semantic vectors of {(options.UserContent ? "users or items" : "items")} for {nameof(Enhancement)}.{nameof(Enhancement.Kar)}, found none. Give the side tables a pipeline that makes them (SideTable.SemanticColumn), or choose {nameof(Enhancement)}.{nameof(Enhancement.None)}.");
        CheckItems(ItemPhrases, options, Enhancement.Ccgnn, nameof(ItemPhrases));
        CheckItems(ItemNeighbors, options, Enhancement.TopoI2I, nameof(ItemNeighbors));
        if (options.Enhancement.HasFlag(Enhancement.TopoI2I) && ItemNeighbors!.ColumnCount != Train.Items.Count)
            throw new ArgumentException($"Expected neighbours among {Train.Items.Count} items, found {ItemNeighbors.ColumnCount}.");
        if (!options.NeedsGraph) return;
        if (Graph is null)
            throw new ArgumentException($"Expected a graph for {nameof(Enhancement)}.{options.Enhancement}, found none. Append the recommender to a MetapathGraph estimator, or choose {nameof(Enhancement)}.{nameof(Enhancement.None)}.");
        if (Graph.Graph.UserCount != Train.Users.Count || Graph.Graph.ItemCount != Train.Items.Count)
            throw new ArgumentException($"Expected a graph of {Train.Users.Count} users and {Train.Items.Count} items, found {Graph.Graph.UserCount} and {Graph.Graph.ItemCount}. Fit graph and recommender on the same tables.");
    }

    private void CheckValidation()
    {
        if (Validation is not { } rows) return;
        if (rows.Count == 0) throw new ArgumentException($"Expected validation rows, found none. Leave {nameof(Validation)} null to hold out each user's last training positive.");
        for (int row = 0; row < rows.Count; row++)
        {
            if (rows.Users[row] is var user && (user < -1 || user >= Train.Users.Count))
                throw new ArgumentException($"Expected users from -1 to {Train.Users.Count - 1} in {nameof(Validation)}, found {user} in row {row}.");
            if (rows.Targets[row] is var target && (uint)target >= (uint)Train.Items.Count)
                throw new ArgumentException($"Expected items from 0 to {Train.Items.Count - 1} in {nameof(Validation)}, found {target} in row {row}.");
            foreach (int item in rows.HistoryOf(row))
                if ((uint)item >= (uint)Train.Items.Count) throw new ArgumentException($"Expected items from 0 to {Train.Items.Count - 1} in {nameof(Validation)}, found {item} in the history of row {row}.");
        }
    }

    private void CheckItems(Adjacency? graph, RecommenderOptions options, Enhancement enhancement, string name)
    {
        if (!options.Enhancement.HasFlag(enhancement)) return;
        if (graph is null) throw new ArgumentException($"Expected {name} for {nameof(Enhancement)}.{enhancement}, found none.");
        if (graph.RowCount != Train.Items.Count) throw new ArgumentException($"Expected {name} of {Train.Items.Count} items, found {graph.RowCount}.");
    }

    private void CheckLaterItems(RecommenderOptions options)
    {
        if (LaterItems is not { Count: > 0 } items) return;
        var later = items.ToHashSet();
        if (later.Count != items.Count || later.Any(item => (uint)item >= (uint)Train.Items.Count))
            throw new ArgumentException($"Expected {nameof(LaterItems)} to be distinct positions from 0 to {Train.Items.Count - 1}, found others.");
        if (Train.Items.Count - later.Count < 2)
            throw new ArgumentException($"Expected at least 2 items besides {nameof(LaterItems)}, found {Train.Items.Count - later.Count}.");
        if (options.Enhancement.HasFlag(Enhancement.AutoGraph) && Graph?.Options.Pairwise == true)
            throw new ArgumentException($"Expected no {nameof(LaterItems)} with {nameof(MetapathGraphOptions.Pairwise)}, found {items.Count}: there items read each other, and none joins after training. Use factor nodes, the default.");
        if ((options.Enhancement & (Enhancement.AutoGraph | Enhancement.FrozenVectors)) != 0 && Graph is { IsUntrained: false })
            throw new ArgumentException($"Expected a graph that trains with the recommender ({nameof(GraphTraining)}.{nameof(GraphTraining.Joint)}) beside {nameof(LaterItems)}, found one that was trained before, or loaded from a file: it has learned that nobody wants these {items.Count}.");
        foreach (int item in Train.ItemOf)
            if (later.Contains(item)) throw new ArgumentException($"Expected no training row of {nameof(LaterItems)}, found one of item '{Train.Items[item]}'.");
    }
}
