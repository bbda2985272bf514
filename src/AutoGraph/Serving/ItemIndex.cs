using AutoGraph.Core.Retrieval;
using AutoGraph.Core.Snapshots;
using AutoGraph.Torch.Quantization;

namespace AutoGraph;

/// <summary>The approximate index of a snapshot.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed record ItemIndex(InvertedFile File, ApproximateIndexOptions Options)
{
    /// <exception cref="InvalidOperationException">The options ask for codes, and the model has none, or not as many levels.</exception>
    internal static ItemIndex Build(EngineSnapshot.ItemTables items, ApproximateIndexOptions options) =>
        new(InvertedFile.Build(items.Vectors, options.Cells == IndexCells.Codes ? CodesOf(items.Codes, options.CodeLevels) : ClustersOf(items.Vectors, options)), options);

    internal ItemIndex After(Change.ItemChange change) =>
        this with { File = File.Put(change.Position, change.Row.Vector, Options.Cells == IndexCells.Codes ? Key(change.Codes, Options.CodeLevels) : null) };

    internal ScoredItem[] Search(ReadOnlySpan<float> userVectors, int count, Func<int, bool> isAllowed, ReadOnlySpan<int> excluded) =>
        File.Search(userVectors, count, Options.Probes, isAllowed, excluded);

    private static long[] CodesOf(SharedRows<int> codes, int levels) => codes.Width >= levels
        ? [.. Enumerable.Range(0, codes.Count).Select(item => Key(codes[item], levels))]
        : throw new InvalidOperationException($"Expected items with codes of {levels} levels or more for {nameof(IndexCells)}.{nameof(IndexCells.Codes)}, found {codes.Width} in the model. Use {nameof(IndexCells)}.{nameof(IndexCells.Vectors)}, or a model with a graph.");

    private static long[] ClustersOf(SharedRows<float> vectors, ApproximateIndexOptions options)
    {
        var values = new float[vectors.Count * vectors.Width];
        for (int chunk = 0; chunk < vectors.ChunkCount; chunk++)
        {
            var (first, rows) = vectors.Chunk(chunk);
            rows.Span.CopyTo(values.AsSpan(first * vectors.Width));
        }
        int cells = Math.Min(vectors.Count, options.CellCount ?? (int)Math.Ceiling(2 * Math.Sqrt(vectors.Count)));
        return Array.ConvertAll(VectorCells.Of(values, vectors.Width, cells, seed: 0), cell => (long)cell);
    }

    private static long Key(ReadOnlySpan<int> codes, int levels) => levels == 1 ? codes[0] : (long)codes[0] << 32 | (uint)codes[1];
}
