using AutoGraph.Torch.Kernels;
using CsCheck;

namespace AutoGraph.Torch.Tests.Kernels;

/// <summary>A small graph for property tests: sources of each target (repeats allowed, empty allowed), hidden edges, and a seed for values.</summary>
public sealed record RandomGraph(int SourceCount, int[][] SourcesOf, bool[] Hidden, int Heads, int Channels, int Seed)
{
    internal EdgeList ToEdgeList()
    {
        var offsets = new int[SourcesOf.Length + 1];
        for (int t = 0; t < SourcesOf.Length; t++) offsets[t + 1] = offsets[t] + SourcesOf[t].Length;
        return new EdgeList(SourcesOf.Length, SourceCount, offsets, [.. SourcesOf.SelectMany(s => s)]);
    }

    /// <summary>The same with some edges hidden; hidden are the first edges of their (target, source).</summary>
    internal EdgeList WithHiddenEdges()
    {
        var edges = ToEdgeList();
        for (int t = 0, e = 0; t < SourcesOf.Length; t++)
            foreach (int source in SourcesOf[t])
                if (Hidden[e++ % Hidden.Length]) edges.Remove(t, source);
        return edges;
    }
}

internal static class RandomGraphs
{
    public static readonly Gen<RandomGraph> Gen =
        from sources in CsCheck.Gen.Int[1, 9]
        from sourcesOf in CsCheck.Gen.Int[0, sources - 1].Array[0, 12].Array[1, 7]
        from hidden in CsCheck.Gen.Bool.Array[1, 11]
        from heads in CsCheck.Gen.Int[1, 3]
        from channels in CsCheck.Gen.Int[1, 9]
        from seed in CsCheck.Gen.Int[0, 1_000_000]
        select new RandomGraph(sources, sourcesOf, hidden, heads, channels, seed);
}
