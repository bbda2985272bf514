using AutoGraph.Core.Graphs;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>
/// Item vectors from a graph of items made beforehand: item → phrase → item (CCGNN, paper §4.1.4, App. D.3) as two GAT steps through
/// the phrase, or item → item (TopoI2I) as one GAT step; both with a self term, in as many rounds as <see cref="RecommenderOptions.GraphLayers"/> says, each with
/// weights of its own and ELU between them.
/// </summary>
internal sealed class ItemGraphEnhancer : Enhancer
{
    private readonly NodeEmbeddings items;
    private readonly ModuleList<SemanticPath> phrases;
    private readonly ModuleList<InteractionStep> neighbors;
    private readonly SemanticEdges _edges;

    private ItemGraphEnhancer(string name, Adjacency itemToUsers, Adjacency toMembers, Adjacency toFactors, bool phrases, RecommenderOptions options, Generator generator) : base(name)
    {
        int width = options.Dimension;
        items = new NodeEmbeddings(itemToUsers, width, generator);
        var form = new MetapathGraphOptions { Dimension = width, Heads = options.GraphHeads, Dropout = options.GraphDropout };
        (this.phrases, neighbors) = ([], []);
        for (int layer = 0; layer < options.GraphLayers; layer++)
            if (phrases) this.phrases.Add(new SemanticPath(toFactors.RowCount, form, generator));
            else neighbors.Add(new InteractionStep(InteractionForm.Of(form, 0), generator));
        (_edges, Widths) = (SemanticEdges.Of(toFactors, toMembers), new([], [width]));
        RegisterComponents();
    }

    /// <param name="itemToUsers">Training interactions.</param>
    /// <param name="itemToPhrases">Phrases of each item.</param>
    /// <param name="laterItems">Items that read their phrases, and that no phrase reads.</param>
    /// <param name="options">Width and heads.</param>
    /// <param name="generator">Where initial weights are drawn from.</param>
    public static ItemGraphEnhancer Phrases(Adjacency itemToUsers, Adjacency itemToPhrases, IEnumerable<int> laterItems, RecommenderOptions options, Generator generator) =>
        new("Ccgnn", itemToUsers, itemToPhrases, itemToPhrases.Transpose().WithoutColumns(laterItems), true, options, generator);

    /// <param name="itemToUsers">Training interactions.</param>
    /// <param name="itemToItems">Similar items of each item.</param>
    /// <param name="options">Width and heads.</param>
    /// <param name="generator">Where initial weights are drawn from.</param>
    public static ItemGraphEnhancer Neighbors(Adjacency itemToUsers, Adjacency itemToItems, RecommenderOptions options, Generator generator) =>
        new("TopoI2I", itemToUsers, itemToItems, itemToItems.Transpose(), false, options, generator);

    public override EnhancementWidths Widths { get; }

    public override (Tensor? Users, Tensor? Items) Step(TrainingRows rows, double drop, ref RandomStream random) => (null, Propagate(items.Draw(drop, ref random, rows.NewItems), ref random));

    public override (UserVectors? Users, Tensor? Items) Infer()
    {
        var random = default(RandomStream);     // inference draws nothing
        return (null, Propagate(null, ref random));
    }

    private Tensor Propagate(Tensor? drop, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var x = items.All(drop);
        for (int layer = 0; layer < phrases.Count + neighbors.Count; layer++)
        {
            if (layer > 0) x = Scalars.Elu(x);
            x = phrases.Count > 0 ? phrases[layer].Propagate(x, _edges, ref random) : neighbors[layer].Apply(x, x, x, _edges.ToMembers, ref random);
        }
        return x.MoveToOuterDisposeScope();
    }
}
