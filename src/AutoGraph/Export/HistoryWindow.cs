namespace AutoGraph;

/// <summary>The latest items of each history within an exported graph, the latest first.</summary>
/// <remarks>
/// What is no item (-1: padding, or an item that the model does not know) may stand anywhere in a history; it is left out before the latest items are
/// counted, as <see cref="RecommendationEngine"/> does.
/// </remarks>
internal sealed class HistoryWindow
{
    private readonly OnnxGraph _graph;
    private readonly string _positions;         // [N, L] int64, the number of items I where there is none
    private readonly int _itemCount;

    private HistoryWindow(OnnxGraph graph, string positions, string mask, int length, int itemCount)
    {
        (_graph, _positions, Mask, Length, _itemCount) = (graph, positions, mask, length, itemCount);
        Count = graph.Sum(mask, 1, keep: true);
    }

    /// <summary>[N, L] 1 where there is an item, 0 elsewhere.</summary>
    internal string Mask { get; }

    /// <summary>[N, 1] number of items.</summary>
    internal string Count { get; }

    /// <summary>Items at most, L.</summary>
    internal int Length { get; }

    /// <param name="graph">The graph.</param>
    /// <param name="history">[N, T] positions of items, oldest first.</param>
    /// <param name="length">L.</param>
    /// <param name="itemCount">I.</param>
    internal static HistoryWindow Of(OnnxGraph graph, string history, int length, int itemCount)
    {
        string padded = graph.Node("Pad", [history, graph.Constant([0L, length, 0, 0], 4), graph.Constant([-1L])]);      // [N, L + T]: never shorter than L
        string width = graph.Node("Gather", [graph.Node("Shape", [padded]), graph.Constant([1L])]);
        string places = graph.Node("Range", [graph.Constant([1L]), graph.Add(width, graph.Constant([1L])), graph.Constant([1L])]);
        string keys = graph.Where(graph.IsNegative(padded), graph.Constant([0L]), places);                                // later items have larger keys
        string[] latest = graph.Nodes("TopK", 2, [keys, graph.Constant([(long)length], 1)], OnnxGraph.Int("axis", 1), OnnxGraph.Int("largest", 1), OnnxGraph.Int("sorted", 1));
        string isItem = graph.Node("Greater", [latest[0], graph.Constant([0L])]);
        string found = graph.Node("GatherElements", [padded, latest[1]], OnnxGraph.Int("axis", 1));
        return new(graph, graph.Where(isItem, found, graph.Constant([(long)itemCount])), graph.ToFloat(isItem), length, itemCount);
    }

    /// <summary>The latest items alone.</summary>
    internal HistoryWindow Latest(int length) => length >= Length ? this
        : new(_graph, _graph.Slice(_positions, 1, 0, length), _graph.Slice(Mask, 1, 0, length), length, _itemCount);

    /// <summary>Rows of a table of items, [N, L, W]; zeros where there is no item.</summary>
    /// <param name="table">[I, W].</param>
    /// <param name="width">W.</param>
    internal string Rows(float[] table, int width) => _graph.Gather(_graph.Constant([.. table, .. new float[width]], _itemCount + 1, width), _positions);

    /// <summary>[N, 1] 1 where the history has an item, 0 elsewhere.</summary>
    internal string HasItems() => _graph.Largest(Mask, 1, keep: true);

    /// <summary>The mean of rows [N, L, W] that are zeros where there is no item: [N, W], zeros for an empty history.</summary>
    internal string Mean(string rows) => _graph.Divide(_graph.Sum(rows, 1, keep: false), _graph.AtLeast(Count, 1));
}
