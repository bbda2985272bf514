using AutoGraph.Torch.Kernels;
using CsCheck;

namespace AutoGraph.Torch.Tests.Backbones;

/// <summary>Random histories for tests of the backbones.</summary>
internal static class Histories
{
    public const int Items = 7, Longest = 6;

    /// <summary>Up to 6 rows of up to 6 items, empty ones and repeated items among them.</summary>
    public static readonly Gen<int[][]> Gen = CsCheck.Gen.Int[0, Items].Array[0, Longest].Array[1, 6];

    public static int[][] Some { get; } = [[3, 1, 4], [], [1, 5, 2, 6, 5, 3], [0], [7, 7]];

    /// <summary>Edges from items, the last being "unknown", to rows.</summary>
    public static EdgeList Edges(int[][] rows)
    {
        var offsets = new int[rows.Length + 1];
        for (int b = 0; b < rows.Length; b++) offsets[b + 1] = offsets[b] + rows[b].Length;
        return new EdgeList(rows.Length, Items + 1, offsets, [.. rows.SelectMany(row => row)]);
    }
}
