using AutoGraph.Core.Graphs;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Tests.Kernels;
using AutoGraph.Torch.Tests.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Enhancements;

/// <summary>Enhancements against finite differences, over all their parameters.</summary>
public sealed class EnhancementGradientTests
{
    private const int Items = 9;

    private static readonly RecommenderOptions Options = new() { Dimension = 4, GraphHeads = 2, GraphDropout = 0, HistoryLength = 3 };

    // the last item has no interaction: in inference it stands as unknown
    private static readonly Adjacency ItemToUsers = Adjacency.FromEdges(Items, 2, [0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 0, 1, 0, 1, 0, 1]);

    // item 4 has no phrase, phrase 4 a single item
    private static readonly Adjacency ItemToPhrases = Edges(5, [[0, 1, 2, 3], [0, 2], [0, 1, 3], [1, 2, 3, 4], [], [0, 1, 2], [1, 3], [0, 2, 3], [0, 1, 2, 3]]);

    private static readonly Adjacency ItemToItems = Edges(Items, [[1, 2, 3], [0, 5, 8], [0, 1, 4], [2], [], [0, 2, 3, 6], [1, 7], [0, 8], [5, 6, 7]]);

    private static readonly TrainingRows Rows = new([0, 1, 0, 1], [0, 1, 2, 3], [3, 0, 1, 5], new([0, 3, 3, 4, 9], [2, 0, 1, 3, 5, 4, 1, 1, 2]));

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.4)]
    public void EnhancementField_WithAndWithoutDropout_GradientsEqualFiniteDifferences(double dropout)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        using var field = InDouble.Of(new EnhancementField(3, 4, dropout, generator));
        var vectors = Numbers.Random(5, 8, 3);
        InDouble.CheckGradients(field, () => InDouble.Weighted(Project()), vectors);
        Assert.Equal(dropout > 0, Numbers.Flat(Project()).Count(value => value == 0) > Numbers.Flat(nn.functional.linear(vectors, field.get_parameter("weight")!, field.get_parameter("bias")!)).Count(value => value <= 0));

        Tensor Project()
        {
            var random = new RandomStream(3);       // the same mask at each call
            return field.Project(vectors, ref random);
        }
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    public void ItemGraphEnhancer_StepAndInference_GradientsEqualFiniteDifferences(bool phrases, int layers)
    {
        using var scope = NewDisposeScope();
        using var enhancer = InDouble.Of(ItemGraph(phrases, Options with { GraphLayers = layers }), seed: phrases && layers == 2 ? 29 : 100);     // of each step some logits have either sign: else its target counts for nothing
        enhancer.train();
        InDouble.CheckGradients(enhancer, () =>
        {
            var random = new RandomStream(1);
            return InDouble.Weighted(enhancer.Step(Rows with { NewItems = [.. Enumerable.Range(0, Items).Select(item => item == 2)] }, 0, ref random).Items!);
        });
        enhancer.eval();
        InDouble.CheckGradients(enhancer, () => InDouble.Weighted(enhancer.Infer().Items!));
    }

    [Fact]
    public void HistoryFieldEnhancer_Step_GradientsEqualFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        using var enhancer = InDouble.Of(new HistoryFieldEnhancer(Adjacency.FromEdges(Items, 1, [.. Enumerable.Range(0, Items)], new int[Items]), Options, generator));
        InDouble.CheckGradients(enhancer, () =>
        {
            var random = default(RandomStream);
            return InDouble.Weighted(enhancer.Step(Rows, 0, ref random).Users!);
        });
        double[] table = Numbers.Flat(enhancer.parameters().Single().grad!);
        Assert.All(Enumerable.Range(0, Options.Dimension), d => Assert.Equal(0, table[4 * Options.Dimension + d]));     // item 4 is beyond the three latest
    }

    /// <summary>The one place that knows how the enhancer is made.</summary>
    private static ItemGraphEnhancer ItemGraph(bool phrases, RecommenderOptions options)
    {
        using var generator = new Generator(1, CPU);
        return phrases ? ItemGraphEnhancer.Phrases(ItemToUsers, ItemToPhrases, [], options, generator) : ItemGraphEnhancer.Neighbors(ItemToUsers, ItemToItems, options, generator);
    }

    private static Adjacency Edges(int columns, int[][] rows) =>
        Adjacency.FromEdges(rows.Length, columns, [.. rows.SelectMany((row, i) => row.Select(_ => i))], [.. rows.SelectMany(row => row)]);
}
