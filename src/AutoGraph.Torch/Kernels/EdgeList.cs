using AutoGraph.Core.Graphs;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// Edges of one message-passing step, grouped by target for the forward pass and by source for the backward pass,
/// so that both passes only gather and never scatter.
/// </summary>
internal sealed class EdgeList
{
    private bool[]? _removed;   // [E] edges hidden in this step, by the guard against leakage
    private BySource? _bySource;    // made by the first backward pass: inference must not pay for every source there is

    /// <param name="targetCount">Number of target nodes.</param>
    /// <param name="sourceCount">Number of source nodes.</param>
    /// <param name="offsets">[targets + 1] where each target's edges begin.</param>
    /// <param name="sources">[E] source of each edge.</param>
    public EdgeList(int targetCount, int sourceCount, int[] offsets, int[] sources)
    {
        if (offsets.Length != targetCount + 1 || offsets[^1] != sources.Length)
            throw new ArgumentException($"Expected offsets for {targetCount} targets and {sources.Length} edges, found {offsets.Length} ending at {offsets[^1]}.");
        (TargetCount, SourceCount, Offsets, Sources) = (targetCount, sourceCount, offsets, sources);

        foreach (int source in sources)
            if ((uint)source >= (uint)sourceCount) throw new ArgumentOutOfRangeException(nameof(sources), $"Expected sources from 0 to {sourceCount - 1}, found {source}.");
    }

    /// <summary>All edges of a graph: rows are targets, columns are sources.</summary>
    public static EdgeList From(Adjacency graph) => new(graph.RowCount, graph.ColumnCount, graph.Offsets.ToArray(), graph.Columns.ToArray());

    /// <summary>One edge per target: a look-up of rows in a table.</summary>
    /// <param name="rows">[T] source of each target.</param>
    /// <param name="sourceCount">Rows of the table.</param>
    public static EdgeList Rows(int[] rows, int sourceCount) => new(rows.Length, sourceCount, [.. Enumerable.Range(0, rows.Length + 1)], rows);

    public int TargetCount { get; }

    public int SourceCount { get; }

    public int EdgeCount => Sources.Length;

    /// <summary>Edges of the target that has most.</summary>
    public int LargestDegree
    {
        get
        {
            int largest = 0;
            for (int t = 0; t < TargetCount; t++) largest = Math.Max(largest, Offsets[t + 1] - Offsets[t]);
            return largest;
        }
    }

    /// <summary>[targets + 1] where each target's edges begin.</summary>
    public int[] Offsets { get; }

    /// <summary>[E] source of each edge, grouped by target.</summary>
    public int[] Sources { get; }

    /// <summary>[sources + 1] where each source's edges begin in the two arrays below.</summary>
    public int[] SourceOffsets => Grouped.Offsets;

    /// <summary>[E] edge numbers, grouped by source.</summary>
    public int[] EdgeBySource => Grouped.Edges;

    /// <summary>[E] targets of those edges.</summary>
    public int[] TargetBySource => Grouped.Targets;

    /// <summary>How the edges were drawn; null where they were not.</summary>
    public EdgeRanks? Ranks { get; init; }

    /// <summary>[E] whether an edge is hidden; null while none is.</summary>
    public bool[]? Removed => _removed;

    /// <summary>Whether a target has an edge that is not hidden.</summary>
    public bool HasEdges(int target) => _removed is null
        ? Offsets[target + 1] > Offsets[target]
        : _removed.AsSpan(Offsets[target]..Offsets[target + 1]).Contains(false);

    /// <summary>Hides the edge from source to target, if there is one, until <see cref="Restore"/>.</summary>
    /// <returns>The edge number, or -1.</returns>
    public int Remove(int target, int source)
    {
        int edge = Sources.AsSpan(Offsets[target]..Offsets[target + 1]).IndexOf(source);
        if (edge < 0) return -1;
        edge += Offsets[target];
        (_removed ??= new bool[EdgeCount])[edge] = true;
        return edge;
    }

    /// <summary>Hides all edges of a target that show, and adds them to a list.</summary>
    public void RemoveTarget(int target, List<int> removed)
    {
        for (int edge = Offsets[target]; edge < Offsets[target + 1]; edge++) Remove(edge, removed);
    }

    /// <summary>Hides all edges of a source that show, and adds them to a list.</summary>
    public void RemoveSource(int source, List<int> removed)
    {
        for (int place = SourceOffsets[source]; place < SourceOffsets[source + 1]; place++) Remove(EdgeBySource[place], removed);
    }

    /// <summary>Hides an edge where it shows, and adds it to a list.</summary>
    public void Remove(int edge, List<int> removed)
    {
        _removed ??= new bool[EdgeCount];
        if (_removed[edge]) return;
        _removed[edge] = true;
        removed.Add(edge);
    }

    /// <summary>Shows the given edges again.</summary>
    public void Restore(IEnumerable<int> edges)
    {
        if (_removed is null) return;
        foreach (int edge in edges) _removed[edge] = false;
    }

    private BySource Grouped => _bySource ??= Group();     // two threads may both make it, and make the same

    private BySource Group()
    {
        var offsets = new int[SourceCount + 1];
        foreach (int source in Sources) offsets[source + 1]++;
        for (int s = 0; s < SourceCount; s++) offsets[s + 1] += offsets[s];
        var (edges, targets) = (new int[EdgeCount], new int[EdgeCount]);
        var next = offsets.AsSpan(0, SourceCount).ToArray();
        for (int t = 0; t < TargetCount; t++)
            for (int e = Offsets[t]; e < Offsets[t + 1]; e++)
            {
                int place = next[Sources[e]]++;
                (edges[place], targets[place]) = (e, t);
            }
        return new(offsets, edges, targets);
    }

    private sealed record BySource(int[] Offsets, int[] Edges, int[] Targets);
}
