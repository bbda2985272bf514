using Microsoft.ML;

namespace AutoGraph;

public sealed partial class AutoGraphCatalog
{
    /// <summary>Step 4, appended after <see cref="MetapathGraph"/>: trains the recommender; see <see cref="GraphEnhancedRecommender"/> for the columns.</summary>
    /// <param name="options">Options; null: the defaults.</param>
    /// <param name="validation">Rows for early stopping, with a history column (as <see cref="DataOperations.LeaveOneOut"/> makes them); null holds out each user's last training positive.</param>
    /// <param name="columns">Column names of the interactions; null: "UserId", "ItemId", "Timestamp", "History".</param>
    /// <exception cref="ArgumentException">Options are out of range; all of them are listed.</exception>
    public GraphEnhancedRecommender Recommender(RecommenderOptions? options = null, IDataView? validation = null, InteractionColumns? columns = null) =>
        new(Environment, null, options ?? new RecommenderOptions(), validation, columns ?? InteractionColumns.Default);

    /// <summary>The backbone without the factor graph: interactions and features, and those enhancements that need neither graph nor codes.</summary>
    /// <param name="users">The users; codes are not needed.</param>
    /// <param name="items">The items; codes are not needed.</param>
    /// <param name="options">Options; null: the defaults. Of <see cref="RecommenderOptions.Enhancement"/> only LightGcn, Ccgnn, TopoI2I and HistoryField serve here, and the default means none.</param>
    /// <param name="validation">Rows for early stopping; null holds out each user's last training positive.</param>
    /// <param name="columns">Column names of the interactions; null: "UserId", "ItemId", "Timestamp", "History".</param>
    /// <exception cref="ArgumentException">Options are out of range; all of them are listed. Or an enhancement is named that needs graph, codes or semantic vectors.</exception>
    public GraphEnhancedRecommender Recommender(SideTable users, SideTable items, RecommenderOptions? options = null, IDataView? validation = null, InteractionColumns? columns = null)
    {
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        options ??= new RecommenderOptions();
        const Enhancement alone = Enhancement.LightGcn | Enhancement.Ccgnn | Enhancement.TopoI2I | Enhancement.HistoryField;
        var enhancement = options.Enhancement == new RecommenderOptions().Enhancement ? Enhancement.None : options.Enhancement;
        if ((enhancement & ~alone) is not Enhancement.None and var other)
            throw new ArgumentException($"Expected an {nameof(Enhancement)} of {alone} for a recommender without the graph, found {other}. Append the recommender to MetapathGraph, which brings graph, codes and semantic vectors (with {nameof(GraphTraining)}.{nameof(GraphTraining.Joint)} it does not train by itself).", nameof(options));
        return new(Environment, (users, items), options with { Enhancement = enhancement }, validation, columns ?? InteractionColumns.Default);
    }
}
