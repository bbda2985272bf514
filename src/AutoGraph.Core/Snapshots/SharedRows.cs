namespace AutoGraph.Core.Snapshots;

/// <summary>
/// A table whose every change gives a new table and leaves the old one as it was. Both share all chunks but those changed, so that the cost
/// of a change is that of one chunk and of its path, O(√N) references at most and nearly constant in practice.
/// </summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed class SharedRows<T>
{
    /// <summary>Rows of a chunk at most.</summary>
    public const int MostRows = 256;

    private const int LeastRows = 16, ValuesPerChunk = 4096, ChunksPerNode = 256;
    private readonly T[][][] _nodes;        // nodes of chunks of rows
    private readonly int _chunkRows;

    private SharedRows(T[][][] nodes, int count, int width) => (_nodes, Count, Width, _chunkRows) = (nodes, count, width, Math.Clamp(ValuesPerChunk / Math.Max(width, 1), LeastRows, MostRows));

    /// <summary>A table without rows.</summary>
    /// <param name="width">Values per row, at least 0.</param>
    public static SharedRows<T> Empty(int width) => new([], 0, width);

    /// <summary>A copy of rows that lie one after the other.</summary>
    public static SharedRows<T> Of(ReadOnlySpan<T> values, int count, int width) => Empty(width).Append(values, count);

    /// <summary>Number of rows N.</summary>
    public int Count { get; }

    /// <summary>Values per row.</summary>
    public int Width { get; }

    /// <summary>One row.</summary>
    public ReadOnlySpan<T> this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
            int chunk = row / _chunkRows;
            return _nodes[chunk / ChunksPerNode][chunk % ChunksPerNode].AsSpan(row % _chunkRows * Width, Width);
        }
    }

    /// <summary>Number of chunks.</summary>
    public int ChunkCount => (Count + _chunkRows - 1) / _chunkRows;

    /// <summary>The rows of one chunk beside each other, and the place of the first.</summary>
    public (int First, ReadOnlyMemory<T> Rows) Chunk(int chunk)
    {
        int first = chunk * _chunkRows;
        return (first, _nodes[chunk / ChunksPerNode][chunk % ChunksPerNode].AsMemory(0, Math.Min(_chunkRows, Count - first) * Width));
    }

    /// <summary>The table with one row more.</summary>
    public SharedRows<T> Append(ReadOnlySpan<T> row) => Append(row, 1);

    /// <summary>The table with rows more.</summary>
    /// <param name="rows">[count, Width].</param>
    /// <param name="count">Rows added.</param>
    /// <exception cref="ArgumentException">There are not as many values.</exception>
    public SharedRows<T> Append(ReadOnlySpan<T> rows, int count)
    {
        Expect(rows.Length, count);
        int total = checked(Count + count), chunks = (total + _chunkRows - 1) / _chunkRows;
        var nodes = new T[(chunks + ChunksPerNode - 1) / ChunksPerNode][][];
        _nodes.CopyTo(nodes, 0);
        for (int place = Count, done = 0; done < count;)
        {
            int chunk = place / _chunkRows, at = place % _chunkRows, taken = Math.Min(_chunkRows - at, count - done);
            var own = Own(nodes, chunk, copyNode: done == 0 || chunk % ChunksPerNode == 0);
            rows.Slice(done * Width, taken * Width).CopyTo(own.AsSpan(at * Width));
            (place, done) = (place + taken, done + taken);
        }
        return new(nodes, total, Width);
    }

    /// <summary>The table with one row replaced.</summary>
    /// <exception cref="ArgumentException">There are not as many values.</exception>
    public SharedRows<T> With(int row, ReadOnlySpan<T> values)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
        Expect(values.Length, 1);
        var nodes = (T[][][])_nodes.Clone();
        values.CopyTo(Own(nodes, row / _chunkRows, copyNode: true).AsSpan(row % _chunkRows * Width, Width));
        return new(nodes, Count, Width);
    }

    // a copy of one chunk within a copy of its node, both to be written
    private T[] Own(T[][][] nodes, int chunk, bool copyNode)
    {
        var (node, place) = (chunk / ChunksPerNode, chunk % ChunksPerNode);
        if (copyNode) nodes[node] = nodes[node] is { } shared ? (T[][])shared.Clone() : new T[ChunksPerNode][];
        return nodes[node][place] = nodes[node][place] is { } old ? (T[])old.Clone() : new T[_chunkRows * Width];
    }

    private void Expect(int found, int rows)
    {
        if (found != rows * Width) throw new ArgumentException($"Expected {rows} rows of {Width} values, found {found} values.");
    }
}
