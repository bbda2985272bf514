using Microsoft.ML;

namespace AutoGraph;

public sealed partial class AutoGraphCatalog
{
    /// <summary>An engine that answers with the best items for a user.</summary>
    /// <param name="model">A fitted or loaded model with a recommender in it.</param>
    /// <exception cref="ArgumentException">There is no recommender in the model.</exception>
    public RecommendationEngine CreateEngine(ITransformer model)
    {
        var recommender = TransformerSearch.Recommender(model);
        Environment.Log("Engine", [$"serving {recommender.Items.Ids.Count} items to {recommender.Users.Ids.Count} known users."]);
        return new RecommendationEngine(recommender);
    }
}
