using AutoGraph.Core.Graphs;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Recommendation;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>
/// Item vectors from a graph of items made beforehand: item → phrase → item (CCGNN, paper §4.1.4, App. D.3) as two GAT steps through
/// the phrase, or item → item (TopoI2I) as one GAT step; both with a self term.
/// </summary>
internal sealed class ItemGraphEnhancer : Enhancer
{
    private readonly NodeEmbeddings items;
    private readonly SemanticPath? phrases;
    private readonly InteractionStep? neighbors;
    private readonly SemanticEdges _edges;

    private ItemGraphEnhancer(string name, Csr itemToUsers, Csr graph, bool phrases, RecommenderOptions options, Generator generator) : base(name)
    {
        int width = options.Dimension;
        items = new NodeEmbeddings(itemToUsers, width, generator);
        var shape = new MetapathGraphOptions { Dimension = width, Heads = options.GraphHeads };
        if (phrases) this.phrases = new SemanticPath(graph.ColumnCount, shape, generator);
        else neighbors = new InteractionStep(new(width, options.GraphHeads), generator);
        (_edges, Widths) = (SemanticEdges.Of(graph.Transpose(), graph), new([], [width]));
        RegisterComponents();
    }

    /// <param name="itemToUsers">Training interactions.</param>
    /// <param name="itemToPhrases">Phrases of each item.</param>
    /// <param name="options">Width and heads.</param>
    /// <param name="generator">Where initial weights are drawn from.</param>
    public static ItemGraphEnhancer Phrases(Csr itemToUsers, Csr itemToPhrases, RecommenderOptions options, Generator generator) =>
        new("Ccgnn", itemToUsers, itemToPhrases, true, options, generator);

    /// <param name="itemToUsers">Training interactions.</param>
    /// <param name="itemToItems">Similar items of each item.</param>
    /// <param name="options">Width and heads.</param>
    /// <param name="generator">Where initial weights are drawn from.</param>
    public static ItemGraphEnhancer Neighbors(Csr itemToUsers, Csr itemToItems, RecommenderOptions options, Generator generator) =>
        new("TopoI2I", itemToUsers, itemToItems, false, options, generator);

    public override EnhancementWidths Widths { get; }

    public override (Tensor? Users, Tensor? Items) Step(TrainingRows rows, double drop, ref RandomStream random) => (null, Propagate(items.Draw(drop, ref random, rows.NewItems)));

    public override (UserVectors? Users, Tensor? Items) Infer() => (null, Propagate(null));

    private Tensor Propagate(Tensor? drop)
    {
        using var scope = NewDisposeScope();
        var x = items.All(drop);
        return (phrases is not null ? phrases.Propagate(x, _edges) : neighbors!.Apply(x, x, x, _edges.ToMembers)).MoveToOuterDisposeScope();
    }
}
