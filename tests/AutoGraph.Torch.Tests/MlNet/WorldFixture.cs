using Microsoft.ML.Data;

namespace AutoGraph.Torch.Tests.MlNet;

/// <summary>One fitted model for the tests that only read it.</summary>
public sealed class WorldFixture
{
    private readonly Lazy<(SmallWorld World, TransformerChain<GraphEnhancedRecommenderTransformer> Model)> _fitted = new(() =>
    {
        var world = new SmallWorld();
        return (world, world.Fit());
    });

    internal SmallWorld World => _fitted.Value.World;

    internal TransformerChain<GraphEnhancedRecommenderTransformer> Model => _fitted.Value.Model;
}
