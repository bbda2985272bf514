using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace AutoGraph.Core.Retrieval;

/// <summary>Inner products of many rows that lie beside each other with one query, or with the nearest of several.</summary>
/// <remarks>The product of a row and a query is the same to the bit wherever the row lies. Stateless; safe for concurrent use.</remarks>
internal static class InnerProducts
{
    /// <summary>score = max over queries of query · row.</summary>
    /// <param name="rows">[N, D].</param>
    /// <param name="queries">[Q, D], Q ≥ 1.</param>
    /// <param name="width">D, at least 1.</param>
    /// <param name="scores">[N] receives the scores.</param>
    public static void Max(ReadOnlySpan<float> rows, ReadOnlySpan<float> queries, int width, Span<float> scores)
    {
        if (rows.Length != (long)scores.Length * width || queries.IsEmpty || queries.Length % width != 0)
            throw new ArgumentException($"Expected {scores.Length} rows and at least one query of {width} values, found {rows.Length} and {queries.Length} values.");
        One(rows, queries[..width], scores);
        if (queries.Length == width) return;
        const int block = 256;
        Span<float> others = stackalloc float[block];
        for (int first = 0; first < scores.Length; first += block)
        {
            var best = scores.Slice(first, Math.Min(block, scores.Length - first));
            var part = rows.Slice(first * width, best.Length * width);
            for (int query = width; query < queries.Length; query += width)
            {
                One(part, queries.Slice(query, width), others[..best.Length]);
                TensorPrimitives.Max(best, others[..best.Length], best);
            }
        }
    }

    private static void One(ReadOnlySpan<float> rows, ReadOnlySpan<float> query, Span<float> scores)
    {
        int width = query.Length;
        if (width % Vector<float>.Count == 0)
        {
            Whole(ref MemoryMarshal.GetReference(rows), ref MemoryMarshal.GetReference(query), (nuint)width, scores);
            return;
        }
        for (int row = 0; row < scores.Length; row++) scores[row] = TensorPrimitives.Dot(rows.Slice(row * width, width), query);
    }

    // Four rows at a time: their sums do not wait for each other, and each value of the query is loaded once.
    private static void Whole(ref float rows, ref float query, nuint width, Span<float> scores)
    {
        nuint lanes = (nuint)Vector<float>.Count;
        int row = 0;
        for (; row <= scores.Length - 4; row += 4)
        {
            nuint first = (nuint)row * width, second = first + width, third = second + width, fourth = third + width;
            var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
            for (nuint at = 0; at < width; at += lanes)
            {
                var q = Vector.LoadUnsafe(ref query, at);
                a = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref rows, first + at), q, a);
                b = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref rows, second + at), q, b);
                c = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref rows, third + at), q, c);
                d = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref rows, fourth + at), q, d);
            }
            scores[row] = Vector.Sum(a);
            scores[row + 1] = Vector.Sum(b);
            scores[row + 2] = Vector.Sum(c);
            scores[row + 3] = Vector.Sum(d);
        }
        for (; row < scores.Length; row++)
        {
            nuint first = (nuint)row * width;
            var sum = Vector<float>.Zero;
            for (nuint at = 0; at < width; at += lanes) sum = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref rows, first + at), Vector.LoadUnsafe(ref query, at), sum);
            scores[row] = Vector.Sum(sum);
        }
    }
}
