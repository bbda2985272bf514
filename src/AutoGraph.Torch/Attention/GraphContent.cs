using AutoGraph.Core.Features;
using AutoGraph.Core.Graphs;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>Vectors of nodes, row by row.</summary>
/// <param name="Values">[N, Width] finite values.</param>
/// <param name="Width">Values per row, at least 1.</param>
public sealed record NodeVectors(ReadOnlyMemory<float> Values, int Width)
{
    /// <summary>Number of rows N.</summary>
    public int Count => Values.Length / Width;

    /// <summary>[N, Width]; a clone, for a tensor made of an array lies on the array's memory, and matrix products round by its alignment.</summary>
    internal Tensor ToTensor()
    {
        using var scope = NewDisposeScope();
        return tensor(Values.ToArray(), Count, Width).clone().MoveToOuterDisposeScope();
    }
}

/// <summary>What texts say about the nodes of a graph, for <see cref="MetapathGraphOptions.ContentNodes"/>; each part may be missing.</summary>
public sealed record GraphContent
{
    /// <summary>Semantic vectors of all users, [U, V], of any scale.</summary>
    public NodeVectors? Users { get; init; }

    /// <summary>Semantic vectors of all items, [I, V], of any scale.</summary>
    public NodeVectors? Items { get; init; }

    /// <summary>Codebook vectors of the user factors, [levels · K, V'], row level · K + code; factor embeddings start from them.</summary>
    public NodeVectors? UserFactors { get; init; }

    /// <summary>Codebook vectors of the item factors.</summary>
    public NodeVectors? ItemFactors { get; init; }

    /// <summary>Throws where the content does not fit the graph, or says nothing about any node.</summary>
    /// <exception cref="ArgumentException">Says what was expected and what was found.</exception>
    internal void Check(FactorGraph graph)
    {
        if (Users is null && Items is null)
            throw new ArgumentException($"Expected semantic vectors of users or items for {nameof(MetapathGraphOptions.ContentNodes)}, found none. Give the side tables a pipeline that makes them (SideTable.SemanticColumn), or switch {nameof(MetapathGraphOptions.ContentNodes)} off.");
        Check(Users, graph.UserCount, "users");
        Check(Items, graph.ItemCount, "items");
        Check(UserFactors, graph.FactorToUsers.RowCount, "user factors");
        Check(ItemFactors, graph.FactorToItems.RowCount, "item factors");
    }

    private static void Check(NodeVectors? vectors, int nodes, string what)
    {
        if (vectors is null) return;
        if (vectors.Width < 1 || vectors.Values.Length != (long)nodes * vectors.Width)
            throw new ArgumentException($"Expected vectors of {nodes} {what}, found {vectors.Values.Length} values of width {vectors.Width}.");
        int bad = vectors.Values.Span.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        if (bad >= 0) throw new ArgumentException($"Expected finite vectors of {what}, found {vectors.Values.Span[bad]} in row {bad / vectors.Width}.");
    }

    /// <summary>The same with the vectors of users and items centred and scaled as <see cref="SemanticField.Scaled"/> does, so that encoders of any scale learn alike.</summary>
    internal GraphContent Scaled()
    {
        return this with { Users = Scale(Users), Items = Scale(Items) };

        static NodeVectors? Scale(NodeVectors? vectors) => vectors is null || vectors.Count == 0 ? vectors : vectors with { Values = SemanticField.Scaled("", vectors.Values.Span, vectors.Width).Values };
    }
}
