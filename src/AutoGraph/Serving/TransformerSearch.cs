using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Finds and replaces transformers within chains.</summary>
internal static class TransformerSearch
{
    /// <summary>The transformers of a model in order, chains opened.</summary>
    internal static IEnumerable<ITransformer> Flatten(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Flatten) : [model];

    /// <summary>The recommender of a model: the last one in it.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal static GraphEnhancedRecommenderTransformer Recommender(ITransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var parts = Flatten(model).ToArray();
        return parts.OfType<GraphEnhancedRecommenderTransformer>().LastOrDefault()
            ?? throw new ArgumentException($"Expected a model with a recommender, found {(parts.Length == 0 ? "an empty chain" : string.Join(", ", parts.Select(part => part.GetType().Name)))}. Append autoGraph.Recommender to the pipeline and fit it.", nameof(model));
    }

    /// <summary>The same model with parts replaced.</summary>
    internal static ITransformer Replace(ITransformer model, Func<ITransformer, ITransformer> change) =>
        model is IEnumerable<ITransformer> chain ? new TransformerChain<ITransformer>([.. chain.Select(part => Replace(part, change))]) : change(model);
}
