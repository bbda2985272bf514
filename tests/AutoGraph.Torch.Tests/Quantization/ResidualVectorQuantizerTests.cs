using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Tests.Recommendation;
using Xunit;

namespace AutoGraph.Torch.Tests.Quantization;

public sealed class ResidualVectorQuantizerTests
{
    private const int Dimension = 6;

    private static readonly ResidualQuantizerOptions Options = new()
    {
        HiddenWidths = [16], Dimension = 6, CodebookSize = 8, Levels = 2, WarmUpEpochs = 10, Epochs = 20, BatchSize = 64, LearningRate = 3e-3,
    };

    [Fact]
    public void Fit_Clusters_UsesItsCodesAndReconstructs()
    {
        var fitted = ResidualVectorQuantizer.Fit(Clusters(400), Dimension, Options, 1);
        Assert.All(fitted.Health.Levels, level => Assert.True(level.ActiveRatio > 0.9, $"{level}"));
        Assert.True(fitted.Health.RelativeError < 0.5, $"{fitted.Health.RelativeError}");
        Assert.Empty(fitted.Warnings);
    }

    [Fact]
    public void Fit_SameSeed_SameBitsAndSavedOnesEncodeAlike()
    {
        float[] vectors = Clusters(300);
        var fitted = ResidualVectorQuantizer.Fit(vectors, Dimension, Options, 1);
        Assert.Equal(ToyWorld.Bits(fitted.Save()), ToyWorld.Bits(ResidualVectorQuantizer.Fit(vectors, Dimension, Options, 1).Save()));
        using var stream = new MemoryStream();
        fitted.Save().Write(stream);
        stream.Position = 0;
        var loaded = ResidualVectorQuantizer.Load(TensorDictionary.Read(stream));
        var (codes, quantized, codes2, quantized2) = (new int[600], new float[300 * 6], new int[600], new float[300 * 6]);
        fitted.Encode(vectors, codes, quantized);
        loaded.Encode(vectors, codes2, quantized2);
        Assert.Equal(codes, codes2);
        Assert.Equal(quantized, quantized2);
        Assert.All(codes, code => Assert.InRange(code, 0, 7));
    }

    [Fact]
    public void Fit_VectorNotFinite_NamesItsRow()
    {
        float[] vectors = Clusters(20);
        vectors[7 * Dimension + 2] = float.NaN;
        Assert.Contains("row 7, dimension 2", Assert.Throws<ArgumentException>(() => ResidualVectorQuantizer.Fit(vectors, Dimension, Options, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_IdenticalVectors_SaysThatTheyAreAlike()
    {
        float[] vectors = [.. Enumerable.Repeat(0.5f, 40 * Dimension)];
        Assert.Contains("all alike", Assert.Throws<InvalidOperationException>(() => ResidualVectorQuantizer.Fit(vectors, Dimension, Options, 1)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(40, 5)]
    [InlineData(4, 2)]
    [InlineData(400, 8)]
    public void Fit_SmallTable_ShrinksTheCodebook(int rows, int expected) =>
        Assert.Equal(expected, ResidualVectorQuantizer.Fit(Clusters(rows), Dimension, Options with { Epochs = 1, WarmUpEpochs = 1 }, 1).CodebookSize);

    internal static float[] Clusters(int rows)
    {
        var random = new Random(4);
        float[] centers = [.. Enumerable.Range(0, 8 * Dimension).Select(_ => 4 * random.NextSingle())];
        return [.. Enumerable.Range(0, rows * Dimension).Select(i => centers[i / Dimension % 8 * Dimension + i % Dimension] + random.NextSingle())];
    }
}
