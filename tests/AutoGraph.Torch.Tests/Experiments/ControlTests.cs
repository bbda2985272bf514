using AutoGraph.Core.Codes;
using AutoGraph.Experiments;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

/// <summary>The controls that every lift is compared with: codes and vectors of other rows, all of them there and each once.</summary>
public sealed class ControlTests
{
    private const int Rows = 200, Levels = 3;

    [Fact]
    public void Shuffle_Codes_AreTheSameRowsElsewhere()
    {
        var random = new Random(5);
        var codes = new CodeTable([.. Enumerable.Range(0, Rows * Levels).Select(_ => random.Next(17))], Levels, 17);
        var shuffled = FactorCodes.Shuffle(codes, seed: 1);
        Assert.Equal((Rows, Levels, 17), (shuffled.Count, shuffled.Levels, shuffled.CodebookSize));
        AreTheSameElsewhere(Of(codes), Of(shuffled), Of(FactorCodes.Shuffle(codes, seed: 1)), Of(FactorCodes.Shuffle(codes, seed: 2)));

        static string[] Of(CodeTable codes) => [.. Enumerable.Range(0, codes.Count).Select(row => string.Join(' ', codes.Row(row).ToArray()))];
    }

    [Fact]
    public void Shuffled_Vectors_AreTheSameRowsElsewhere()
    {
        var (random, vectors) = (new Random(5), new float[Rows, 4]);
        for (int row = 0; row < Rows; row++)
            for (int d = 0; d < 4; d++) vectors[row, d] = random.NextSingle();
        AreTheSameElsewhere(Of(vectors), Of(SemanticVectors.Shuffled(vectors, seed: 1)), Of(SemanticVectors.Shuffled(vectors, seed: 1)), Of(SemanticVectors.Shuffled(vectors, seed: 2)));

        static string[] Of(float[,] vectors) => [.. Enumerable.Range(0, vectors.GetLength(0)).Select(row => string.Join(' ', Enumerable.Range(0, vectors.GetLength(1)).Select(d => BitConverter.SingleToInt32Bits(vectors[row, d]))))];
    }

    private static void AreTheSameElsewhere(string[] rows, string[] shuffled, string[] again, string[] ofAnotherSeed)
    {
        Assert.Equal(rows.Order(StringComparer.Ordinal), shuffled.Order(StringComparer.Ordinal));
        Assert.InRange(rows.Zip(shuffled).Count(pair => pair.First == pair.Second), 0, Rows / 20);
        Assert.Equal(shuffled, again);
        Assert.NotEqual(shuffled, ofAnotherSeed);
        Assert.Equal(rows.Order(StringComparer.Ordinal), ofAnotherSeed.Order(StringComparer.Ordinal));
    }
}
