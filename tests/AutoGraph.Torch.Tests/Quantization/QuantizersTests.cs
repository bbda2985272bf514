using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Tests.Recommendation;
using AutoGraph.Torch.Training;
using CsCheck;
using Xunit;

namespace AutoGraph.Torch.Tests.Quantization;

/// <summary>What holds for every quantizer.</summary>
public sealed class QuantizersTests
{
    private const int Width = 6;

    public static TheoryData<Quantizer> All => [.. Enum.GetValues<Quantizer>()];

    private static ResidualQuantizerOptions Options(Quantizer quantizer) => new()
    {
        Quantizer = quantizer, HiddenWidths = [16], Dimension = 5, CodebookSize = 8, Levels = 3, WarmUpEpochs = 4, Epochs = 6, BatchSize = 64, LearningRate = 3e-3,
    };

    private static ResidualVectorQuantizer Fit(Quantizer quantizer, float[] vectors) => ResidualVectorQuantizer.Fit(vectors, Width, Options(quantizer), 1);

    [Theory, MemberData(nameof(All))]
    public void Fit_SameSeed_SameBitsAndALoadedOneEncodesAlike(Quantizer quantizer)
    {
        float[] vectors = ResidualVectorQuantizerTests.Clusters(200);
        var fitted = Fit(quantizer, vectors);
        Assert.Equal(ToyWorld.Bits(fitted.Save()), ToyWorld.Bits(Fit(quantizer, vectors).Save()));
        using var stream = new MemoryStream();
        fitted.Save().Write(stream);
        stream.Position = 0;
        var loaded = ResidualVectorQuantizer.Load(TensorDictionary.Read(stream));
        Assert.Equal((fitted.Quantizer, fitted.Dimension, fitted.CodebookSize), (loaded.Quantizer, loaded.Dimension, loaded.CodebookSize));
        Assert.Equal(fitted.LevelSizes, loaded.LevelSizes);
        Assert.Equal(fitted.Health.ToString(), loaded.Health.ToString());
        Assert.Equal(Encode(fitted, vectors).Codes, Encode(loaded, vectors).Codes);
        Assert.Equal(Encode(fitted, vectors).Quantized, Encode(loaded, vectors).Quantized);
    }

    [Theory]
    [InlineData(1e19f)]
    [InlineData(1e-25f)]
    public void Fit_VectorsOfExtremeScale_AreCodedAsThoseOfAnyOther(float factor)
    {
        float[] vectors = ResidualVectorQuantizerTests.Clusters(200);
        int[] codes = Encode(Fit(Quantizer.ResidualKMeans, [.. vectors.Select(value => value * factor)]), [.. vectors.Select(value => value * factor)]).Codes;
        Assert.True(codes.Where((_, i) => i % 3 == 0).Distinct().Count() > 4);
    }

    [Fact]
    public void Fit_VectorsThatFloat32CannotScale_SaysSo()
    {
        float[] vectors = [.. Enumerable.Range(0, 1200).Select(i => i % 7 * 1e-44f)];
        Assert.Contains("Scale the vectors first", Assert.Throws<ArgumentException>(() => Fit(Quantizer.ResidualKMeans, vectors)).Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(All))]
    public void Decode_StoredCodes_EqualsTheQuantizedVectorsOfEncoding(Quantizer quantizer)
    {
        float[] vectors = ResidualVectorQuantizerTests.Clusters(200);
        var fitted = Fit(quantizer, vectors);
        var (codes, quantized) = Encode(fitted, vectors);
        Assert.Equal(quantized, fitted.Decode(codes));
        for (int i = 0; i < codes.Length; i++) Assert.InRange(codes[i], 0, fitted.LevelSizes[i % 3] - 1);
        Assert.Equal(vectors.Length, fitted.Reconstruct(codes).Length);
        codes[4] = fitted.LevelSizes[1];
        Assert.Contains("in level 1", Assert.Throws<ArgumentException>(() => fitted.Decode(codes)).Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(All))]
    public void Reconstruct_FittedRows_HasTheRelativeErrorThatHealthReports(Quantizer quantizer)
    {
        float[] vectors = ResidualVectorQuantizerTests.Clusters(200);
        var fitted = Fit(quantizer, vectors);
        float[] back = fitted.Reconstruct(Encode(fitted, vectors).Codes);
        double[] mean = [.. Enumerable.Range(0, Width).Select(d => Enumerable.Range(0, 200).Average(row => (double)vectors[row * Width + d]))];
        double error = vectors.Zip(back, (v, w) => (v - w) * (double)(v - w)).Sum(), spread = vectors.Select((v, i) => (v - mean[i % Width]) * (v - mean[i % Width])).Sum();
        Assert.Equal(error / spread, fitted.Health.RelativeError, 1e-4);
    }

    [Theory, InlineData(Quantizer.ResidualKMeans), InlineData(Quantizer.HierarchicalClustering), InlineData(Quantizer.Lsh)]
    public void SquaredResiduals_CodesOfTheInputItself_AddUpToTheRelativeErrors(Quantizer quantizer)
    {
        float[] vectors = ResidualVectorQuantizerTests.Clusters(200);
        var fitted = Fit(quantizer, vectors);
        float[] residuals = fitted.SquaredResiduals(vectors, Encode(fitted, vectors).Codes);
        double Sum(int level) => Enumerable.Range(0, 200).Sum(row => (double)residuals[row * 3 + level]);
        double spread = Sum(0) / fitted.Health.Levels[0].RelativeError;
        for (int level = 1; level < 3; level++) Assert.Equal(fitted.Health.Levels[level].RelativeError, Sum(level) / spread, 1e-4);
    }

    [Theory, InlineData(Quantizer.RqVae), InlineData(Quantizer.ResidualKMeans)]
    public void SquaredResiduals_AnyOtherCodeOfTheLastLevel_IsNoNearer(Quantizer quantizer)
    {
        float[] vectors = ResidualVectorQuantizerTests.Clusters(200);
        var fitted = Fit(quantizer, vectors);
        int[] codes = Encode(fitted, vectors).Codes;
        float[] own = fitted.SquaredResiduals(vectors, codes);
        for (int step = 1; step < 8; step++)
        {
            float[] other = fitted.SquaredResiduals(vectors, [.. codes.Select((code, i) => i % 3 == 2 ? (code + step) % 8 : code)]);
            for (int i = 0; i < own.Length; i++) Assert.True(i % 3 == 2 ? other[i] >= own[i] * (1 - 1e-5f) : other[i] == own[i], $"row {i / 3}, level {i % 3}: {own[i]}, {other[i]}");
        }
        Assert.Contains("codes of 200 rows, found those of 199", Assert.Throws<ArgumentException>(() => fitted.SquaredResiduals(vectors, codes.AsSpan(3))).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(Quantizer.ResidualKMeans), InlineData(Quantizer.HierarchicalClustering), InlineData(Quantizer.Lsh)]
    public void Fit_CodesThatAreClusterMeans_ErrorNeverGrowsFromLevelToLevel(Quantizer quantizer) => Gen.Select(Gen.Int[0, 9999], Gen.Int[2, 40], Gen.Int[2, 9], Gen.Int[1, 4]).Sample((seed, rows, size, levels) =>
    {
        var random = new Random(seed);
        float[] vectors = [.. Enumerable.Range(0, rows * 3).Select(_ => random.NextSingle())];
        var errors = ResidualVectorQuantizer.Fit(vectors, 3, Options(quantizer) with { CodebookSize = size, Levels = levels }, seed).Health.Levels.Select(level => level.RelativeError).Prepend(1).ToArray();
        for (int level = 0; level < levels; level++) Assert.True(errors[level + 1] <= errors[level] + 1e-6, $"{errors[level]} → {errors[level + 1]}");
    }, iter: 25, threads: 1);

    [Theory, MemberData(nameof(All))]
    public void Encode_RowByRow_GivesTheCodesOfTheWholeTableUnlessTwoAreAsNear(Quantizer quantizer)
    {
        float[] vectors = ResidualVectorQuantizerTests.Clusters(200);
        var fitted = Fit(quantizer, vectors);
        int[] whole = Encode(fitted, vectors).Codes, one = new int[3];
        int differing = 0;
        for (int row = 0; row < 200; row++)
        {
            fitted.Encode(vectors.AsSpan(row * Width, Width), one, []);
            if (!one.AsSpan().SequenceEqual(whole.AsSpan(row * 3, 3))) differing++;
        }
        // continuous data: no two distances of these rows are within 1e-5 of each other
        Assert.Equal(0, differing);
    }

    [Theory, MemberData(nameof(All))]
    public void Fit_RandomCodesControl_IsFarAboveTheErrorOfClusteredRows(Quantizer quantizer)
    {
        var levels = Fit(quantizer, ResidualVectorQuantizerTests.Clusters(400)).Health.Levels;
        Assert.All(levels, level => Assert.True(level.RandomError > level.RelativeError, $"{level}"));
    }

    [Theory, InlineData(Quantizer.ResidualKMeans), InlineData(Quantizer.HierarchicalClustering), InlineData(Quantizer.Lsh)]
    public void Fit_CancelledAfterOneLevel_Stops(Quantizer quantizer)
    {
        using var source = new CancellationTokenSource();
        int reports = 0;
        var options = Options(quantizer) with { CancellationToken = source.Token, Progress = new Count(() => { reports++; source.Cancel(); }) };
        Assert.ThrowsAny<OperationCanceledException>(() => ResidualVectorQuantizer.Fit(ResidualVectorQuantizerTests.Clusters(200), Width, options, 1));
        Assert.Equal(1, reports);
    }

    [Fact]
    public void LevelSizes_HierarchicalAndHashes_AreTheirNodeCounts()
    {
        Assert.Equal([2, 4, 8], Fit(Quantizer.HierarchicalClustering, ResidualVectorQuantizerTests.Clusters(200)).LevelSizes);
        Assert.Equal([4, 4, 4], ResidualVectorQuantizer.Fit(ResidualVectorQuantizerTests.Clusters(200), Width, Options(Quantizer.Lsh) with { CodebookSize = 7 }, 1).LevelSizes);
    }

    [Fact]
    public void Encode_Hierarchical_ACodeNamesItsWholePath()
    {
        float[] vectors = ResidualVectorQuantizerTests.Clusters(200);
        int[] codes = Encode(Fit(Quantizer.HierarchicalClustering, vectors), vectors).Codes;
        foreach (int level in new[] { 1, 2 })
            Assert.All(Enumerable.Range(0, 200).GroupBy(row => codes[row * 3 + level]), group => Assert.Single(group.Select(row => codes[row * 3 + level - 1]).Distinct()));
    }

    [Theory]
    [InlineData(150, 8)]
    [InlineData(199, 2)]
    public void Fit_HierarchicalOfRowsThatRepeat_HasNoNodeWithoutRows(int repeated, int nodes)
    {
        float[] vectors = ResidualVectorQuantizerTests.Clusters(200);
        for (int row = 1; row < repeated; row++) vectors.AsSpan(0, Width).CopyTo(vectors.AsSpan(row * Width));
        var fitted = Fit(Quantizer.HierarchicalClustering, vectors);
        Assert.Equal(nodes, fitted.LevelSizes[^1]);
        int[] codes = Encode(fitted, vectors).Codes;
        Assert.Single(Enumerable.Range(0, repeated).Select(row => string.Join(' ', codes.AsSpan(row * 3, 3).ToArray())).Distinct());
        Assert.Equal(nodes, Enumerable.Range(0, 200).Select(row => codes[row * 3 + 2]).Distinct().Count());
    }

    [Theory]
    [InlineData(new[] { 10, 10 }, 4, new[] { 2, 2 })]
    [InlineData(new[] { 1, 90, 9 }, 6, new[] { 1, 4, 1 })]
    [InlineData(new[] { 2, 1 }, 9, new[] { 2, 1 })]
    public void Split_NodesOfGivenRows_MoreChildrenWhereMoreRowsAre(int[] rows, int wanted, int[] expected) => Assert.Equal(expected, NodeShares.Split(rows, wanted));

    internal static (int[] Codes, float[] Quantized) Encode(ResidualVectorQuantizer quantizer, float[] vectors)
    {
        int rows = vectors.Length / quantizer.InputDimension;
        var (codes, quantized) = (new int[rows * quantizer.Levels], new float[rows * quantizer.Dimension]);
        quantizer.Encode(vectors, codes, quantized);
        return (codes, quantized);
    }

    private sealed class Count(Action report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report();
    }
}
