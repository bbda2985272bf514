using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// Nearest code of each row on the CPU: the product of a block of rows with the codebook and the search for its smallest
/// entry in one pass, so that no distance ever reaches memory. Score of a code: ½‖c‖² − x·c, which orders codes as
/// ‖x − c‖² does; the lowest index wins ties.
/// </summary>
/// <remarks>
/// A score is the same sequence of multiply-adds wherever the row stands, so codes do not depend on batch size or threads.
/// Extra memory: a packed copy of the codebook, taken from a pool, and 20 KB per thread.
/// </remarks>
internal static unsafe class CodeSearch
{
    private const int BlockRows = 96, TileRows = 4;
    private static readonly int Lane = Vector<float>.Count, PanelWidth = 2 * Lane;

    /// <param name="rows">[n, width].</param>
    /// <param name="count">n.</param>
    /// <param name="codebook">[size, width].</param>
    /// <param name="size">Number of codes, at least 1.</param>
    /// <param name="width">Width of rows and codes.</param>
    /// <param name="codes">Receives [n].</param>
    /// <param name="distances">Receives ‖x − c‖² [n], or null.</param>
    public static void Find(float* rows, int count, float* codebook, int size, int width, int* codes, float* distances)
    {
        int panels = (size + PanelWidth - 1) / PanelWidth;
        float[] packed = ArrayPool<float>.Shared.Rent(panels * PanelWidth * (width + 1));       // single rows are coded often, as items join
        try
        {
            Pack(codebook, size, width, panels, packed);
            Find(rows, count, codebook, packed, panels, size, width, codes, distances);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(packed);
        }
    }

    private static void Find(float* rows, int count, float* codebook, float[] packed, int panels, int size, int width, int* codes, float* distances)
    {
        int blocks = (count + BlockRows - 1) / BlockRows;
        CpuLoop.Run(blocks, (long)count * size * width / 4, (from, to) =>
        {
            float* best = stackalloc float[BlockRows * Lane];
            int* index = stackalloc int[BlockRows * Lane];
            fixed (float* panel = packed)
                for (int block = from; block < to; block++)
                {
                    int first = block * BlockRows, held = Math.Min(BlockRows, count - first);
                    Block(rows + (long)first * width, held, panel, panels, width, best, index);
                    for (int row = 0; row < held; row++)
                    {
                        int code = Lowest(best + row * Lane, index + row * Lane, size);
                        codes[first + row] = code;
                        if (distances != null)
                            distances[first + row] = Lanes.SquaredDistance(rows + (long)(first + row) * width, codebook + (long)code * width, width);
                    }
                }
        });
    }

    /// <summary>Panels of 2 vectors of codes, each [1 + width, 2 · lanes]: ½‖c‖², then −c by dimension; padding can never win.</summary>
    private static void Pack(float* codebook, int size, int width, int panels, float[] packed)
    {
        for (int code = 0; code < panels * PanelWidth; code++)
        {
            int at = code / PanelWidth * PanelWidth * (width + 1) + code % PanelWidth;
            float* source = codebook + (long)code * width;
            packed[at] = code < size ? Lanes.Dot(source, source, width) / 2 : float.PositiveInfinity;
            for (int d = 1; d <= width; d++) packed[at + d * PanelWidth] = code < size ? -source[d - 1] : 0;
        }
    }

    private static void Block(float* rows, int count, float* packed, int panels, int width, float* best, int* index)
    {
        new Span<float>(best, BlockRows * Lane).Fill(float.PositiveInfinity);
        new Span<int>(index, BlockRows * Lane).Clear();
        for (int panel = 0; panel < panels; panel++)
        {
            float* codes = packed + (long)panel * PanelWidth * (width + 1);
            for (int row = 0; row < count; row += TileRows)
                Tile(rows + (long)row * width, Math.Min(TileRows, count - row), codes, width, panel * PanelWidth, best + row * Lane, index + row * Lane);
        }
    }

    /// <summary>Four rows against one panel: eight sums in registers. Of fewer rows the last one stands in for those missing.</summary>
    private static void Tile(float* rows, int count, float* codes, int width, int firstCode, float* best, int* index)
    {
        float* x0 = rows, x1 = rows + (count > 1 ? width : 0), x2 = count > 2 ? rows + 2L * width : x1, x3 = count > 3 ? rows + 3L * width : x2;
        Vector<float> a0 = Vector.Load(codes), b0 = Vector.Load(codes + Lane);
        Vector<float> a1 = a0, a2 = a0, a3 = a0, b1 = b0, b2 = b0, b3 = b0;
        float* c = codes + PanelWidth;
        for (int d = 0; d < width; d++, c += PanelWidth)
        {
            Vector<float> low = Vector.Load(c), high = Vector.Load(c + Lane);
            var x = new Vector<float>(x0[d]);
            a0 = Vector.FusedMultiplyAdd(x, low, a0);
            b0 = Vector.FusedMultiplyAdd(x, high, b0);
            x = new Vector<float>(x1[d]);
            a1 = Vector.FusedMultiplyAdd(x, low, a1);
            b1 = Vector.FusedMultiplyAdd(x, high, b1);
            x = new Vector<float>(x2[d]);
            a2 = Vector.FusedMultiplyAdd(x, low, a2);
            b2 = Vector.FusedMultiplyAdd(x, high, b2);
            x = new Vector<float>(x3[d]);
            a3 = Vector.FusedMultiplyAdd(x, low, a3);
            b3 = Vector.FusedMultiplyAdd(x, high, b3);
        }
        Keep(a0, b0, firstCode, best, index);
        if (count > 1) Keep(a1, b1, firstCode, best + Lane, index + Lane);
        if (count > 2) Keep(a2, b2, firstCode, best + 2 * Lane, index + 2 * Lane);
        if (count > 3) Keep(a3, b3, firstCode, best + 3 * Lane, index + 3 * Lane);
    }

    /// <summary>Per lane the smaller score; an equal one comes later and does not replace it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(Vector<float> low, Vector<float> high, int firstCode, float* best, int* index)
    {
        var (score, code) = (Vector.Load(best), Vector.Load(index));
        var smaller = Vector.LessThan(low, score);
        score = Vector.ConditionalSelect(smaller, low, score);
        code = Vector.ConditionalSelect(smaller, new Vector<int>(firstCode), code);
        smaller = Vector.LessThan(high, score);
        Vector.ConditionalSelect(smaller, high, score).Store(best);
        Vector.ConditionalSelect(smaller, new Vector<int>(firstCode + Lane), code).Store(index);
    }

    private static int Lowest(float* best, int* index, int size)
    {
        var (score, code) = (best[0], index[0]);
        for (int lane = 1; lane < Lane; lane++)
        {
            int other = index[lane] + lane;
            if (best[lane] < score || best[lane] == score && other < code) (score, code) = (best[lane], other);
        }
        return Math.Min(code, size - 1);        // rows that are not finite find no code: the first lane's
    }
}
