namespace AutoGraph.Onnx;

/// <summary>Shares chunks out to runs of the model.</summary>
internal static class ChunkBatches
{
    /// <summary>Tokens, padding counted, that each chunk of a full batch may have on average: longer ones go in smaller batches, or the memory of a run would grow with their length.</summary>
    public const int TokensPerChunk = 512;

    /// <summary>Indices of chunks, batch by batch; those of like length share one, so that little is spent on padding.</summary>
    /// <param name="lengths">Tokens of each chunk.</param>
    /// <param name="batchSize">Chunks per batch at most; each batch has at most so many times <see cref="TokensPerChunk"/> tokens, or one chunk.</param>
    /// <param name="isPadded">Whether chunks of differing length may share a batch.</param>
    public static IEnumerable<int[]> Of(IReadOnlyList<int> lengths, int batchSize, bool isPadded)
    {
        var batch = new List<int>();
        foreach (var c in Enumerable.Range(0, lengths.Count).OrderBy(c => lengths[c]))
        {
            // In order of length: the last one is the widest.
            if (batch.Count > 0 && (batch.Count == batchSize || (batch.Count + 1L) * lengths[c] > (long)batchSize * TokensPerChunk || !isPadded && lengths[c] != lengths[batch[0]]))
            {
                yield return [.. batch];
                batch.Clear();
            }
            batch.Add(c);
        }
        if (batch.Count > 0) yield return [.. batch];
    }
}
