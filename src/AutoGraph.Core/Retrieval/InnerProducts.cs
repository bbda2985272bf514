using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
        nuint lanes = (nuint)Vector<float>.Count, first = 0;
        ref float target = ref MemoryMarshal.GetReference(scores);
        int row = 0;
        for (; row <= scores.Length - 4; row += 4, first += 4 * width)
        {
            var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
            ref float second = ref Unsafe.Add(ref rows, width), third = ref Unsafe.Add(ref second, width), fourth = ref Unsafe.Add(ref third, width);
            for (nuint at = 0; at < width; at += lanes)
            {
                var q = Vector.LoadUnsafe(ref query, at);
                a = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref rows, first + at), q, a);
                b = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref second, first + at), q, b);
                c = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref third, first + at), q, c);
                d = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref fourth, first + at), q, d);
            }
            Sums(a, b, c, d).StoreUnsafe(ref target, (nuint)row);
        }
        for (; row < scores.Length; row++, first += width)
        {
            var sum = Vector<float>.Zero;
            for (nuint at = 0; at < width; at += lanes) sum = Vector.MultiplyAddEstimate(Vector.LoadUnsafe(ref rows, first + at), Vector.LoadUnsafe(ref query, at), sum);
            scores[row] = Sums(sum, sum, sum, sum)[0];
        }
    }

    // The lanes of each added up, in one order whichever of the four it is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Sums(Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d)
    {
        if (!Avx.IsSupported || Vector<float>.Count != Vector256<float>.Count) return Vector128.Create(Vector.Sum(a), Vector.Sum(b), Vector.Sum(c), Vector.Sum(d));
        var halves = Avx.HorizontalAdd(Avx.HorizontalAdd(a.AsVector256(), b.AsVector256()), Avx.HorizontalAdd(c.AsVector256(), d.AsVector256()));
        return halves.GetLower() + halves.GetUpper();
    }
}
