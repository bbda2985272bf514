using System.Collections.Immutable;
using System.Numerics.Tensors;
using AutoGraph.Core.Snapshots;

namespace AutoGraph.Core.Retrieval;

/// <summary>
/// Vectors by cells: a query scores the centroids, then only the vectors of the best cells (Jégou et al. 2011, IVFADC's coarse level; here vectors are
/// kept as they are). Every change gives a new index that shares all cells but those touched.
/// </summary>
/// <remarks>
/// The cost of a change is a copy of one segment of at most <see cref="SegmentRows"/> vectors and of the paths to it. Centroids stay as they were built.
/// Immutable; safe for concurrent use.
/// </remarks>
internal sealed class InvertedFile
{
    /// <summary>Vectors that lie beside each other at most.</summary>
    public const int SegmentRows = 256;

    private readonly SharedRows<float> _centroids;              // [C, D]
    private readonly SharedRows<Segment[]> _cells;              // [C]
    private readonly SharedRows<int> _cellOf;                   // [N]
    private readonly ImmutableDictionary<long, int> _cellOfKey;

    private InvertedFile(SharedRows<float> centroids, SharedRows<Segment[]> cells, SharedRows<int> cellOf, ImmutableDictionary<long, int> cellOfKey) =>
        (_centroids, _cells, _cellOf, _cellOfKey) = (centroids, cells, cellOf, cellOfKey);

    /// <summary>Number of vectors N.</summary>
    public int Count => _cellOf.Count;

    /// <summary>Number of cells C.</summary>
    public int CellCount => _cells.Count;

    private int Width => _centroids.Width;

    /// <summary>Puts vectors into cells; a cell's centroid is the mean of its vectors.</summary>
    /// <param name="vectors">[N, D].</param>
    /// <param name="keys">[N]; vectors of one key share a cell.</param>
    /// <exception cref="ArgumentException">There are not as many keys as vectors.</exception>
    public static InvertedFile Build(SharedRows<float> vectors, ReadOnlySpan<long> keys)
    {
        if (keys.Length != vectors.Count) throw new ArgumentException($"Expected keys of {vectors.Count} vectors, found {keys.Length}.", nameof(keys));
        var (numbers, cellOf, sizes) = (new Dictionary<long, int>(), new int[keys.Length], new List<int>());
        for (int position = 0; position < keys.Length; position++)
        {
            if (!numbers.TryGetValue(keys[position], out int cell))
            {
                numbers.Add(keys[position], cell = sizes.Count);
                sizes.Add(0);
            }
            sizes[cellOf[position] = cell]++;
        }
        int width = vectors.Width;
        Segment[][] cells = [.. sizes.Select(size => Segment.Empty(size, width))];
        var (sums, filled) = (new double[cells.Length * width], new int[cells.Length]);
        for (int position = 0; position < keys.Length; position++)
        {
            int cell = cellOf[position], row = filled[cell]++;
            var vector = vectors[position];
            cells[cell][row / SegmentRows].Set(row % SegmentRows, position, vector);
            for (int d = 0; d < width; d++) sums[cell * width + d] += vector[d];
        }
        float[] centroids = [.. sums.Select((sum, place) => (float)(sum / sizes[place / width]))];
        return new(SharedRows<float>.Of(centroids, cells.Length, width), SharedRows<Segment[]>.Of(cells, cells.Length, 1), SharedRows<int>.Of(cellOf, cellOf.Length, 1), numbers.ToImmutableDictionary());
    }

    /// <summary>The index with a vector added, or changed and perhaps moved to another cell.</summary>
    /// <param name="position">Its position; N where it is new.</param>
    /// <param name="vector">[D].</param>
    /// <param name="key">Its key, whose cell is made where it is new; null: the cell with the nearest centroid.</param>
    public InvertedFile Put(int position, ReadOnlySpan<float> vector, long? key)
    {
        if (vector.Length != Width) throw new ArgumentException($"Expected a vector of {Width} values, found {vector.Length}.", nameof(vector));
        bool isNew = position == Count;
        var (centroids, cells, numbers) = (_centroids, isNew ? _cells : Without(position), _cellOfKey);
        int cell = key is { } given ? numbers.GetValueOrDefault(given, cells.Count) : Nearest(vector);
        if (cell == cells.Count)
        {
            (centroids, cells) = (centroids.Append(vector), cells.Append([[]]));
            if (key is { } made) numbers = numbers.Add(made, cell);
        }
        cells = cells.With(cell, [Segment.Append(cells[cell][0], position, vector)]);
        return new(centroids, cells, isNew ? _cellOf.Append([cell]) : _cellOf.With(position, [cell]), numbers);
    }

    /// <summary>The vectors with the highest score = max over the queries of query · vector, best first; of equal scores the lower position comes first.</summary>
    /// <param name="queries">[Q, D] of one request.</param>
    /// <param name="count">How many are wanted, at least 0.</param>
    /// <param name="probes">Cells searched, those whose centroids score best; more of them where so few are too few to fill the answer.</param>
    /// <param name="isAllowed">Whether a vector may come; asked only of those whose score would bring them among the best so far.</param>
    /// <param name="excluded">Positions left out.</param>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public ScoredItem[] Search(ReadOnlySpan<float> queries, int count, int probes, Func<int, bool> isAllowed, ReadOnlySpan<int> excluded = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(probes, 1);
        count = Math.Min(count, Count);
        if (count == 0) return [];
        float[] scores = ExactSearch.Scores(_centroids, queries);
        var best = new Best(count, isAllowed, [.. excluded]);
        var order = TopK.Select(scores, probes);
        foreach (var cell in order) Scan(cell.Position, queries, best);
        if (best.IsFull || order.Length == scores.Length) return best.Sorted();
        foreach (var cell in TopK.Select(scores, scores.Length).AsSpan(order.Length))
        {
            Scan(cell.Position, queries, best);
            if (best.IsFull) break;
        }
        return best.Sorted();
    }

    private void Scan(int cell, ReadOnlySpan<float> queries, Best best)
    {
        Span<float> scores = stackalloc float[SegmentRows];
        foreach (var segment in _cells[cell][0])
        {
            var own = scores[..segment.Positions.Length];
            InnerProducts.Max(segment.Vectors, queries, Width, own);
            for (int row = 0; row < own.Length; row++) best.Offer(segment.Positions[row], own[row]);
        }
    }

    private int Nearest(ReadOnlySpan<float> vector)
    {
        var (nearest, distance) = (0, float.PositiveInfinity);
        for (int cell = 0; cell < CellCount; cell++)
            if (TensorPrimitives.Distance(vector, _centroids[cell]) is var found && found < distance) (nearest, distance) = (cell, found);
        return nearest;
    }

    private SharedRows<Segment[]> Without(int position)
    {
        int cell = _cellOf[position][0];
        return _cells.With(cell, [Segment.Remove(_cells[cell][0], position)]);
    }

    /// <summary>Part of a cell.</summary>
    /// <param name="Positions">[n].</param>
    /// <param name="Vectors">[n, D].</param>
    private sealed record Segment(int[] Positions, float[] Vectors)
    {
        internal static Segment[] Empty(int rows, int width) => [.. Enumerable.Range(0, (rows + SegmentRows - 1) / SegmentRows)
            .Select(segment => Math.Min(SegmentRows, rows - segment * SegmentRows)).Select(size => new Segment(new int[size], new float[size * width]))];

        internal void Set(int row, int position, ReadOnlySpan<float> vector)
        {
            Positions[row] = position;
            vector.CopyTo(Vectors.AsSpan(row * vector.Length));
        }

        internal static Segment[] Append(Segment[] cell, int position, ReadOnlySpan<float> vector) =>
            cell is [.. var full, { Positions.Length: < SegmentRows } last] ? [.. full, last.With(position, vector)] : [.. cell, new([position], vector.ToArray())];

        // the order within a cell says nothing
        internal static Segment[] Remove(Segment[] cell, int position)
        {
            int place = Array.FindIndex(cell, segment => segment.Positions.Contains(position));
            var left = cell[place].Without(position);
            return left.Positions.Length == 0 ? [.. cell[..place], .. cell[(place + 1)..]] : [.. cell[..place], .. cell[(place + 1)..], left];
        }

        private Segment With(int position, ReadOnlySpan<float> vector) => new([.. Positions, position], [.. Vectors, .. vector]);

        private Segment Without(int position)
        {
            int row = Positions.IndexOf(position), width = Vectors.Length / Positions.Length;
            return new([.. Positions[..row], .. Positions[(row + 1)..]], [.. Vectors[..(row * width)], .. Vectors[((row + 1) * width)..]]);
        }
    }

    /// <summary>The best of scores that come in any order of positions.</summary>
    private sealed class Best(int count, Func<int, bool> isAllowed, HashSet<int> excluded)
    {
        private readonly PriorityQueue<ScoredItem, ScoredItem> _queue = new(WorstFirst.Instance);
        private ScoredItem _worst;

        internal bool IsFull => _queue.Count == count;

        internal void Offer(int position, float score)
        {
            var item = new ScoredItem(position, score);
            if (IsFull && score <= _worst.Score && WorstFirst.Instance.Compare(item, _worst) <= 0) return;
            if (excluded.Contains(position) || !isAllowed(position)) return;
            if (float.IsNaN(score)) throw new ArgumentException($"Expected numbers as scores, found NaN at position {position}.");
            if (IsFull) _queue.EnqueueDequeue(item, item);
            else _queue.Enqueue(item, item);
            _worst = _queue.Peek();
        }

        internal ScoredItem[] Sorted() => [.. _queue.UnorderedItems.Select(pair => pair.Element).OrderDescending(WorstFirst.Instance)];
    }

    private sealed class WorstFirst : IComparer<ScoredItem>
    {
        internal static WorstFirst Instance { get; } = new();

        public int Compare(ScoredItem a, ScoredItem b) => a.Score != b.Score ? a.Score.CompareTo(b.Score) : b.Position.CompareTo(a.Position);
    }
}
