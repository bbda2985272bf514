using AutoGraph.Core.Features;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Backbones;
using AutoGraph.Torch.Tests.Kernels;
using AutoGraph.Torch.Tests.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Backbones;

/// <summary>What towers are made of and what they read, against finite differences.</summary>
public sealed class FieldGradientTests
{
    [Theory]
    [InlineData]
    [InlineData(5)]
    [InlineData(6, 4)]
    public void Tower_AnyDepth_GradientsOfWeightsAndInputEqualFiniteDifferences(params int[] hidden)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        using var tower = InDouble.Of(new Tower("tower", 3, hidden, 2, generator));
        var input = Numbers.Random(5, 7, 3);
        Assert.Equal(2 * (hidden.Length + 1), tower.parameters().Count());
        InDouble.CheckGradients(tower, () => InDouble.Weighted(tower.forward(input)), input);
    }

    [Theory]
    [InlineData(new[] { 0, 1, 2, 3 }, false)]                // all rows, as they stand
    [InlineData(new[] { 2, -1, 0, 2, 3, 1 }, false)]         // repeated, and one that the model does not know
    [InlineData(new[] { 2, -1, 0, 2, 3, 1 }, true)]
    public void FieldEmbeddings_EveryKindOfField_GradientsEqualFiniteDifferences(int[] rows, bool standAsNew)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var features = new FeatureTable(4,
        [
            new CategoricalField("(id)", [0, 1, -1, 3], 4), new CategoricalField("maker", [0, 1, 0, -1], 2), new MultiCategoricalField("genres", [0, 2, 2, 5, 6], [0, 1, 1, 2, 0, 3], 4),
            new DenseField("price", [.. Floats(1, 8)], 2), new SemanticField("text", [.. Floats(2, 12)], 3), new SemanticField("image", [.. Floats(3, 8)], 2),
        ]);
        using var fields = InDouble.Of(new FieldEmbeddings("items", features, 3, generator));
        bool[]? isNew = standAsNew ? [.. rows.Select((_, at) => at == 0 || at == 4)] : null;
        Assert.Equal((18, 6), (fields.Width, fields.ContentWidth));
        InDouble.CheckGradients(fields, () =>
        {
            var random = default(RandomStream);
            return InDouble.Weighted(fields.Embed(rows, 0, ref random, isNew));
        });
    }

    [Fact]
    public void FieldEmbeddings_DroppedIds_GradientsReachTheUnknownRow()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var features = new FeatureTable(6, [new CategoricalField("(id)", [0, 1, 2, 3, 4, 5], 6), new SemanticField("text", [.. Floats(2, 18)], 3)]);
        using var fields = InDouble.Of(new FieldEmbeddings("items", features, 2, generator));
        InDouble.CheckGradients(fields, () =>
        {
            var random = new RandomStream(1);       // the same ids are dropped at each call
            return InDouble.Weighted(fields.Embed([0, 1, 2, 3, 4, 5], 0.5, ref random));
        });
        double[] ids = Numbers.Flat(fields.Ids.grad!);
        Assert.Contains(ids[12..], value => Math.Abs(value) > 1e-4);
        Assert.InRange(Enumerable.Range(0, 6).Count(row => ids[2 * row] == 0), 1, 5);
    }

    private static IEnumerable<float> Floats(int seed, int count) => Numbers.Flat(Numbers.Random(seed, count)).Select(value => (float)value);
}
