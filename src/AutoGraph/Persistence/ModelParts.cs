using Microsoft.ML;

namespace AutoGraph;

/// <summary>The transformers a saved model may hold, by the name it stores.</summary>
internal static class ModelParts
{
    private static readonly Dictionary<string, Func<PartReader, ITransformer>> Loaders = new(StringComparer.Ordinal)
    {
        [SemanticVectorTransformer.KindName] = SemanticVectorTransformer.Load,
        [ResidualQuantizerTransformer.KindName] = ResidualQuantizerTransformer.Load,
        [MetapathGraphTransformer.KindName] = MetapathGraphTransformer.Load,
        [GraphEnhancedRecommenderTransformer.KindName] = GraphEnhancedRecommenderTransformer.Load,
    };

    internal static ITransformer Load(string kind, PartReader part) => Loaders.TryGetValue(kind, out var load)
        ? load(part)
        : throw new InvalidDataException(
            $"Expected one of {string.Join(", ", Loaders.Keys)} in the saved model, found '{kind}': a newer AutoGraph wrote it, or the file is damaged. Update the package AutoGraph.");
}
