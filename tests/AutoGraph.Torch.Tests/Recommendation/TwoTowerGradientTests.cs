using AutoGraph.Core.Features;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Tests.Kernels;
using AutoGraph.Torch.Tests.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Recommendation;

/// <summary>The whole two-tower model against finite differences: every parameter, in float64.</summary>
[Collection(nameof(Sequential))]
public sealed class TwoTowerGradientTests
{
    private const int Users = 3, Items = 5;

    // the last user and the last item had no training interaction
    private static readonly FeatureTable UserFeatures = new(Users, [new CategoricalField("(id)", [0, 1, -1], Users), new CategoricalField("gender", [0, 1, -1], 2), new SemanticField("text", Floats(1, 2 * Users), 2)]);

    private static readonly FeatureTable ItemFeatures = new(Items,
    [
        new CategoricalField("(id)", [0, 1, 2, 3, -1], Items), new MultiCategoricalField("genres", [0, 1, 3, 3, 4, 6], [0, 0, 1, 1, 0, 1], 2),
        new DenseField("price", Floats(2, Items), 1), new SemanticField("text", Floats(3, 3 * Items), 3),
    ]);

    // oldest first; "unknown" is 5, and an empty history is among them
    private static readonly EdgeList Histories = new(6, Items + 1, [0, 3, 3, 4, 6, 9, 12], [3, 0, 1, 2, 5, 1, 2, 1, 3, 0, 2, 4]);

    /// <summary>MIND with a single iteration: between iterations it stops gradients by design, which finite differences do not know.</summary>
    public static TheoryData<Backbone, bool> Forms { get; } = new() { { Backbone.YouTubeDnn, false }, { Backbone.YouTubeDnn, true }, { Backbone.Gru4Rec, true }, { Backbone.SasRec, true }, { Backbone.Mind, true } };

    [Theory]
    [MemberData(nameof(Forms))]
    public void UsersAndItems_AllParameters_GradientsEqualFiniteDifferences(Backbone backbone, bool enhanced)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var options = new RecommenderOptions
        {
            Backbone = backbone, Dimension = 4, HiddenWidths = [6], Dropout = 0, HistoryDropout = 0, UnknownRate = 0, HistoryLength = 3, HistoryLayers = 1, HistoryHeads = 2, Capsules = 2, RoutingIterations = 1, EnhancedHistory = enhanced,
        };
        using var model = InDouble.Of(new TwoTowerModel(UserFeatures, ItemFeatures, enhanced ? new([3], [2, 1]) : EnhancementWidths, options, generator));
        var (ofUsers, ofItems) = (Numbers.Random(4, 6, 3), Numbers.Random(5, Items, 3));
        Assert.Equal(enhanced, model.named_parameters().Any(pair => pair.name == "historyFields"));
        Threads.With(1, () =>
        {
            InDouble.CheckGradients(model, Loss, enhanced ? [ofUsers, ofItems] : []);
            return true;
        });

        Tensor Loss()
        {
            var random = default(RandomStream);
            var (items, read) = model.Items(enhanced ? ofItems : null, 0, ref random, enhanced ? [false, true, false, false, false] : null);      // item 1 stands as new
            var users = model.Users([0, 1, 2, -1, 0, 1], Histories, read, enhanced ? ofUsers : null, 0, ref random);
            return InDouble.Weighted(users.mm(items.t())) + InDouble.Weighted(items, 2);
        }
    }

    private static Torch.Enhancements.EnhancementWidths EnhancementWidths => Torch.Enhancements.EnhancementWidths.None;

    private static float[] Floats(int seed, int count) => [.. Numbers.Flat(Numbers.Random(seed, count)).Select(value => (float)value)];
}
