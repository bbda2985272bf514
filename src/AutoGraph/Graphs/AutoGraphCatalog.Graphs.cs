using Microsoft.ML;

namespace AutoGraph;

public sealed partial class AutoGraphCatalog
{
    /// <summary>Step 3: builds the graph of interactions and latent factors; see <see cref="MetapathGraphEstimator"/> for the columns.</summary>
    /// <param name="users">The users, with their codes or a pipeline that makes them.</param>
    /// <param name="items">The items, likewise.</param>
    /// <param name="options">Options; null: the defaults, trained standalone.</param>
    /// <param name="columns">Column names of the interactions; null: "UserId", "ItemId", "Timestamp".</param>
    /// <exception cref="ArgumentException">Options are out of range; all of them are listed.</exception>
    public MetapathGraphEstimator MetapathGraph(SideTable users, SideTable items, MetapathGraphOptions? options = null, InteractionColumns? columns = null)
    {
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        return new MetapathGraphEstimator(Environment, users, items, options ?? new MetapathGraphOptions(), columns ?? InteractionColumns.Default);
    }

    /// <summary>Looks into the graph of a fitted or loaded model: the one that its recommender trained, or that of step 3 alone.</summary>
    /// <param name="model">A model with a <see cref="MetapathGraphTransformer"/> or with a recommender that was enhanced by a graph.</param>
    /// <exception cref="ArgumentException">There is no graph in the model.</exception>
    public GraphInspector InspectGraph(ITransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var parts = TransformerSearch.Flatten(model).ToArray();
        var state = parts.OfType<GraphEnhancedRecommenderTransformer>().LastOrDefault() is { Model.Graph: { } trained } recommender
            ? new GraphState(recommender.Users, recommender.Items, trained)
            : parts.OfType<MetapathGraphTransformer>().LastOrDefault()?.State
                ?? throw new ArgumentException($"Expected a model with a graph, found {(parts.Length == 0 ? "an empty chain" : string.Join(", ", parts.Select(part => part.GetType().Name)))}. Fit autoGraph.MetapathGraph.", nameof(model));
        return new GraphInspector(state);
    }
}
