using AutoGraph.Onnx;
using Xunit;

namespace AutoGraph.Managed.Tests.Encoders;

public class ChunkBatchesTests
{
    [Fact]
    public void Of_ShortChunks_FillsBatchesInOrderOfLength() =>
        Assert.Equal([[1, 3], [2, 4], [0]], ChunkBatches.Of([30, 10, 20, 10, 20], 2, isPadded: true));

    [Fact]
    public void Of_ChunksOfAnyLength_KeepsWithinTheTokensOfABatch()
    {
        int[] lengths = [.. Enumerable.Range(0, 200).Select(c => 1 + c * 37 % 8192), .. Enumerable.Repeat(200, 40), 8192, 40_000];
        var batches = ChunkBatches.Of(lengths, 32, isPadded: true).ToArray();
        Assert.All(batches, batch => Assert.True(batch.Length == 1 || batch.Length * batch.Max(c => lengths[c]) <= 32 * 512));
        Assert.Contains(batches, batch => batch.Length == 32);
        Assert.Equal(2, ChunkBatches.Of([8192, 8192], 32, isPadded: true).Single().Length); // as full as it may be
        Assert.Equal([[0]], ChunkBatches.Of([40_000], 1, isPadded: true));
        Assert.Equal(Enumerable.Range(0, lengths.Length), batches.SelectMany(batch => batch).Order());
    }

    [Fact]
    public void Of_NoPadding_SharesBatchesAmongEqualLengthsOnly() =>
        Assert.Equal([[1, 3], [2, 4], [0]], ChunkBatches.Of([30, 10, 20, 10, 20], 32, isPadded: false));

    [Fact]
    public void Of_Nothing_IsNothing() => Assert.Empty(ChunkBatches.Of([], 32, isPadded: true));
}
