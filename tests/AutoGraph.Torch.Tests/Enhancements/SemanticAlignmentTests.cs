using AutoGraph.Core.Features;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Tests.Kernels;
using AutoGraph.Torch.Tests.Recommendation;
using AutoGraph.TestKit;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Enhancements;

/// <summary>The loss that draws item vectors to what texts say.</summary>
public sealed class SemanticAlignmentTests
{
    private const int Items = 6, Width = 3, Dimension = 4;
    private const double Temperature = 0.3;
    private static readonly int[] Positives = [4, 0, 2, 4, 5, 0];      // of item 5 nothing is told

    private static SemanticAlignment Create()
    {
        using var generator = new Generator(2, CPU);
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, Items * Width).Select(_ => random.NextSingle() - 0.5f)];
        Array.Clear(values, 5 * Width, Width);
        var alignment = new SemanticAlignment(new SemanticField("Semantics", values, Width), Dimension, Temperature, generator);
        alignment.to(ScalarType.Float64);
        return alignment;
    }

    [Fact]
    public void Loss_DifferentPositivesWithAText_IsTheFormulaInDouble()
    {
        using var scope = NewDisposeScope();
        using var alignment = Create();
        var items = Numbers.Random(3, Items, Dimension);
        var random = new Random(1);
        double[][] texts = [.. Enumerable.Range(0, Items).Select(_ => Enumerable.Range(0, Width).Select(_ => (double)(random.NextSingle() - 0.5f)).ToArray())];
        var weights = alignment.named_parameters().ToDictionary(p => p.name, p => Numbers.Flat(p.parameter));
        var (first, bias, second, last) = (weights["head.weights.0"], weights["head.biases.0"], weights["head.weights.1"], weights["head.biases.1"]);
        int[] rows = [0, 2, 4];
        double expected = rows.Average(i => Math.Log(rows.Sum(j => Math.Exp(Cosine(Head(texts[i]), Vector(j)) / Temperature))) - Cosine(Head(texts[i]), Vector(i)) / Temperature);
        Assert.Equal(expected, alignment.Loss(items, Positives)!.item<double>(), 1e-10);

        double[] Vector(int item) => Numbers.Flat(items)[(item * Dimension)..((item + 1) * Dimension)];

        double[] Head(double[] text)
        {
            double[] hidden = [.. Enumerable.Range(0, 2 * Dimension).Select(h => Math.Max(0, bias[h] + text.Select((x, v) => x * first[h * Width + v]).Sum()))];
            return [.. Enumerable.Range(0, Dimension).Select(d => last[d] + hidden.Select((x, h) => x * second[d * 2 * Dimension + h]).Sum())];
        }

        static double Cosine(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum() / Math.Sqrt(a.Sum(x => x * x) * b.Sum(x => x * x));
    }

    [Fact]
    public void Loss_Gradients_AreThoseOfFiniteDifferences()
    {
        using var alignment = Create();
        var items = Numbers.Random(3, Items, Dimension);
        Numbers.CheckGradients(() => alignment.Loss(items, Positives)!, [items, .. alignment.parameters()]);
    }

    [Fact]
    public void Loss_FewerThanTwoPositivesWithAText_IsNone()
    {
        using var scope = NewDisposeScope();
        using var alignment = Create();
        var items = Numbers.Random(3, Items, Dimension);
        Assert.Null(alignment.Loss(items, [1, 1, 5]));
        Assert.Null(alignment.Loss(items, []));
        Assert.NotNull(alignment.Loss(items, [1, 2]));
    }

    private static readonly RecommenderOptions Aligned = ToyWorld.Options with { Enhancement = Enhancement.AutoGraph | Enhancement.Alignment, Epochs = 6 };

    private static RecommenderData Data => EnhancementTests.Data(ToyWorld.Table(ToyWorld.Rows));

    [Fact]
    public void Train_OfNoWeightOrWithoutTexts_IsAsWithoutIt()
    {
        var plain = ToyWorld.Bits(TwoTowerRecommender.Train(Data, Aligned with { Enhancement = Enhancement.AutoGraph }, 1).Save(), Weights);
        Assert.Equal(plain, ToyWorld.Bits(TwoTowerRecommender.Train(Data, Aligned with { AlignmentWeight = 0 }, 1).Save(), Weights));
        Assert.Equal(plain, ToyWorld.Bits(TwoTowerRecommender.Train(Data with { ItemFeatures = ToyWorld.ItemFeatures() }, Aligned, 1).Save(), Weights));
        Assert.NotEqual(plain, ToyWorld.Bits(TwoTowerRecommender.Train(Data, Aligned, 1).Save(), Weights));

        static bool Weights(string name) => !name.StartsWith("options", StringComparison.Ordinal);
    }

    [Fact]
    public void Train_TextsOfTwoKinds_ItemsOfOneKindComeNearer()
    {
        var random = new Random(5);
        float[] vectors = [.. Enumerable.Range(0, ToyWorld.Items * Width).Select(i => (i / Width % 2 == 0 ? 1 : -1) + 0.2f * random.NextSingle())];
        var data = Data with { ItemFeatures = new(ToyWorld.Items, [.. ToyWorld.ItemFeatures().Fields, SemanticField.Scaled("Semantics", vectors, Width)]) };
        double without = Lead(Aligned with { Enhancement = Enhancement.AutoGraph }), with = Lead(Aligned with { AlignmentWeight = 1 });
        Assert.True(with > without + 0.2, $"{without} → {with}");

        // mean cosine of pairs of one kind above that of other pairs
        double Lead(RecommenderOptions options)
        {
            float[][] items = [.. TwoTowerRecommender.Train(data, options with { Epochs = 20 }, 1).ItemVectors.ToArray().Chunk(options.Dimension)];
            var pairs = from i in Enumerable.Range(0, ToyWorld.Items) from j in Enumerable.Range(0, i) select (Same: i % 2 == j % 2, Cosine: System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(items[i], items[j]));
            return pairs.Where(pair => pair.Same).Average(pair => pair.Cosine) - pairs.Where(pair => !pair.Same).Average(pair => pair.Cosine);
        }
    }

    [Theory]
    [InlineData(LearningRateSchedule.Constant)]
    [InlineData(LearningRateSchedule.Plateau)]
    public void Train_CancelledAndResumed_EndsWithTheSameBits(LearningRateSchedule schedule)
    {
        using var folder = new TempFolder();
        var options = Aligned with { EarlyStopping = true, Patience = 1, Schedule = schedule };
        var straight = TwoTowerRecommender.Train(Data, options, 1);
        using var source = new CancellationTokenSource();
        options = options with { CheckpointPath = folder.File("run.checkpoint") };
        Assert.ThrowsAny<OperationCanceledException>(() => TwoTowerRecommender.Train(Data, options with { CancellationToken = source.Token, Progress = new Once(source) }, 1));
        var resumed = TwoTowerRecommender.Train(Data, options, 1);
        Assert.Equal(ToyWorld.Bits(straight.Save()), ToyWorld.Bits(resumed.Save()));
        Assert.Equal(straight.Report.Epochs.Count, resumed.Report.Epochs.Count);
    }

    [Fact]
    public void Train_WithoutTextsOrOutOfRange_SaysSo()
    {
        Says("Expected semantic vectors of items for Enhancement.Alignment", Data with { ItemFeatures = ToyWorld.ItemFeatures() }, Aligned with { Enhancement = Enhancement.Alignment });
        Says("AlignmentWeight", Data, Aligned with { AlignmentWeight = 11 });
        Says("AlignmentTemperature", Data, Aligned with { AlignmentTemperature = 0 });

        static void Says(string expected, RecommenderData data, RecommenderOptions options) =>
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(data, options, 1)).Message, StringComparison.Ordinal);
    }

    private sealed class Once(CancellationTokenSource source) : IProgress<global::AutoGraph.Torch.Training.TrainingProgress>
    {
        public void Report(global::AutoGraph.Torch.Training.TrainingProgress value) => source.Cancel();
    }
}
