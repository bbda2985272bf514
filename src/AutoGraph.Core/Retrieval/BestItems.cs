using System.Numerics;
using System.Runtime.InteropServices;

namespace AutoGraph.Core.Retrieval;

/// <summary>Keeps the best of scores that come block by block, positions ascending; of equal scores the lower position is better.</summary>
/// <remarks>A score that is not above the worst kept costs one comparison of a whole vector of them. Not safe for concurrent use.</remarks>
internal sealed class BestItems
{
    private readonly ScoredItem[] _heap;        // the worst of the best on top
    private readonly Func<int, bool> _isAllowed;
    private readonly HashSet<int>? _excluded;
    private int _size;

    /// <param name="count">How many are kept, at least 0.</param>
    /// <param name="isAllowed">Whether an item may come; asked only of items whose score would bring them among the best so far.</param>
    /// <param name="excluded">Positions left out.</param>
    public BestItems(int count, Func<int, bool> isAllowed, ReadOnlySpan<int> excluded)
    {
        (_heap, _isAllowed, _excluded) = (new ScoredItem[count], isAllowed, excluded.IsEmpty ? null : [.. excluded]);
    }

    /// <summary>Takes the scores of the positions from <paramref name="first"/> on, all higher than those before.</summary>
    /// <exception cref="ArgumentException">A score is NaN; the message names its position.</exception>
    public void Add(ReadOnlySpan<float> scores, int first)
    {
        if (_heap.Length == 0) return;
        int at = 0, lanes = Vector<float>.Count;
        while (at < scores.Length)
        {
            // NaN is not below either, so it is found.
            if (_size == _heap.Length)
                for (var worst = new Vector<float>(_heap[0].Score); at <= scores.Length - lanes && Vector.LessThanOrEqualAll(Vector.LoadUnsafe(ref MemoryMarshal.GetReference(scores), (nuint)at), worst);) at += lanes;
            for (int end = Math.Min(at + lanes, scores.Length); at < end; at++) Add(scores[at], first + at);
        }
    }

    /// <summary>The best, best first.</summary>
    public ScoredItem[] Sorted()
    {
        var best = _heap.AsSpan(0, _size);
        best.Sort(static (a, b) => IsWorse(b, a) ? -1 : IsWorse(a, b) ? 1 : 0);
        return best.ToArray();
    }

    private void Add(float score, int position)
    {
        // Positions ascend, so an equal score never displaces one that is there.
        if (_size == _heap.Length && score <= _heap[0].Score) return;
        if (_excluded?.Contains(position) == true || !_isAllowed(position)) return;
        if (float.IsNaN(score)) throw new ArgumentException($"Expected numbers as scores, found NaN at position {position}.");
        var candidate = new ScoredItem(position, score);
        if (_size < _heap.Length) SiftUp(_heap, _size++, candidate);
        else SiftDown(_heap, candidate);
    }

    private static bool IsWorse(ScoredItem a, ScoredItem b) => a.Score < b.Score || (a.Score == b.Score && a.Position > b.Position);

    private static void SiftUp(Span<ScoredItem> heap, int hole, ScoredItem item)
    {
        for (int parent; hole > 0 && IsWorse(item, heap[parent = (hole - 1) / 2]); hole = parent) heap[hole] = heap[parent];
        heap[hole] = item;
    }

    // Replaces the top.
    private static void SiftDown(Span<ScoredItem> heap, ScoredItem item)
    {
        int hole = 0;
        for (int child; (child = 2 * hole + 1) < heap.Length; hole = child)
        {
            if (child + 1 < heap.Length && IsWorse(heap[child + 1], heap[child])) child++;
            if (!IsWorse(heap[child], item)) break;
            heap[hole] = heap[child];
        }
        heap[hole] = item;
    }
}
