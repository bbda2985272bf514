namespace AutoGraph.Core.Graphs;

/// <summary>Directed edges in compressed sparse rows: the neighbours of each row node, ascending and distinct.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
public sealed class Adjacency
{
    private readonly int[] _offsets;   // [rows + 1]
    private readonly int[] _columns;   // [edges]

    private Adjacency(int[] offsets, int[] columns, int columnCount) => (_offsets, _columns, ColumnCount) = (offsets, columns, columnCount);

    /// <summary>Number of row nodes.</summary>
    public int RowCount => _offsets.Length - 1;

    /// <summary>Number of column nodes.</summary>
    public int ColumnCount { get; }

    /// <summary>Number of edges.</summary>
    public int EdgeCount => _columns.Length;

    /// <summary>Where each row's neighbours begin in <see cref="Columns"/>; [RowCount + 1].</summary>
    public ReadOnlySpan<int> Offsets => _offsets;

    /// <summary>Neighbours of all rows, row by row.</summary>
    public ReadOnlySpan<int> Columns => _columns;

    /// <summary>The neighbours of one row node, ascending.</summary>
    public ReadOnlySpan<int> Neighbors(int row) => _columns.AsSpan(_offsets[row].._offsets[row + 1]);

    /// <summary>Number of neighbours of one row node.</summary>
    public int Degree(int row) => _offsets[row + 1] - _offsets[row];

    /// <summary>Builds the rows from edge lists; repeated edges count once.</summary>
    /// <param name="rowCount">Number of row nodes.</param>
    /// <param name="columnCount">Number of column nodes.</param>
    /// <param name="rows">Row node of each edge.</param>
    /// <param name="columns">Column node of each edge.</param>
    /// <exception cref="ArgumentException">The lists differ in length or a node is out of range; the message names the edge.</exception>
    public static Adjacency FromEdges(int rowCount, int columnCount, ReadOnlySpan<int> rows, ReadOnlySpan<int> columns)
    {
        if (rows.Length != columns.Length)
            throw new ArgumentException($"Expected as many rows as columns, found {rows.Length} and {columns.Length}.");
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfNegative(columnCount);
        CheckRange(rows, rowCount, "row");
        CheckRange(columns, columnCount, "column");

        var starts = new int[rowCount + 1];
        foreach (int row in rows) starts[row + 1]++;
        for (int row = 0; row < rowCount; row++) starts[row + 1] += starts[row];
        var raw = new int[columns.Length];
        var next = starts.AsSpan(0, rowCount).ToArray();
        for (int edge = 0; edge < rows.Length; edge++)
            raw[next[rows[edge]]++] = columns[edge];

        var offsets = new int[rowCount + 1];
        int kept = 0;
        for (int row = 0; row < rowCount; row++)
        {
            var own = raw.AsSpan(starts[row]..starts[row + 1]);
            own.Sort();
            int first = kept;
            foreach (int column in own)
                if (kept == first || raw[kept - 1] != column) raw[kept++] = column;
            offsets[row + 1] = kept;
        }
        return new Adjacency(offsets, raw.AsSpan(0, kept).ToArray(), columnCount);
    }

    /// <summary>The same edges seen from the other side.</summary>
    public Adjacency Transpose()
    {
        var rows = new int[EdgeCount];
        for (int row = 0; row < RowCount; row++) rows.AsSpan(_offsets[row].._offsets[row + 1]).Fill(row);
        return FromEdges(ColumnCount, RowCount, _columns, rows);
    }

    /// <summary>The same rows without the edges to some columns.</summary>
    internal Adjacency WithoutColumns(IEnumerable<int> columns)
    {
        var left = new bool[ColumnCount];
        foreach (int column in columns) left[column] = true;
        var (offsets, kept) = (new int[_offsets.Length], new List<int>(EdgeCount));
        for (int row = 0; row < RowCount; row++)
        {
            foreach (int column in Neighbors(row))
                if (!left[column]) kept.Add(column);
            offsets[row + 1] = kept.Count;
        }
        return new Adjacency(offsets, [.. kept], ColumnCount);
    }

    private static void CheckRange(ReadOnlySpan<int> nodes, int count, string what)
    {
        for (int edge = 0; edge < nodes.Length; edge++)
            if ((uint)nodes[edge] >= (uint)count)
                throw new ArgumentException($"Expected {what} nodes from 0 to {count - 1}, found {nodes[edge]} in edge {edge}.");
    }
}
