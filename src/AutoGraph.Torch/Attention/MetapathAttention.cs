using AutoGraph.Core.Graphs;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>
/// Metapath message propagation (paper §3.3.1): semantic paths u→q→u and i→q→i in two steps through the factor node
/// (Eq. 7), then interaction paths i→u and u→i on their outputs (Eq. 8). With self terms (default)
/// H_t = W_self e_t + GAT(…) and Ĥ_t = W_self H_t + GAT(…); ELU between steps.
/// </summary>
internal sealed class MetapathAttention : nn.Module
{
    private readonly Parameter users;               // [U, D]
    private readonly Parameter items;               // [I, D]
    private readonly Parameter unknownUser;         // [1, D]
    private readonly Parameter unknownItem;         // [1, D]
    private readonly SemanticPath? userPath;
    private readonly SemanticPath? itemPath;
    private readonly GraphAttentionStep? itemsToUsers;
    private readonly GraphAttentionStep? usersToItems;
    private readonly Parameter? userSelf;           // [D, D]
    private readonly Parameter? itemSelf;           // [D, D]
    private readonly bool _literal;
    private readonly float[] _newUsers;             // [U] 1 where a user has no interaction: it stands as unknown
    private readonly float[] _newItems;             // [I]

    public MetapathAttention(FactorGraph graph, MetapathGraphOptions options, Generator generator) : base(nameof(MetapathAttention))
    {
        int width = options.Dimension;
        _literal = options.Literal;
        users = Initialize.Normal(generator, NodeDeviation, graph.UserCount, width);
        items = Initialize.Normal(generator, NodeDeviation, graph.ItemCount, width);
        unknownUser = Initialize.Normal(generator, NodeDeviation, 1, width);
        unknownItem = Initialize.Normal(generator, NodeDeviation, 1, width);
        if (options.Metapaths.HasFlag(Metapaths.UserSemantic)) userPath = new SemanticPath(graph.FactorToUsers.RowCount, options, generator);
        if (options.Metapaths.HasFlag(Metapaths.ItemSemantic)) itemPath = new SemanticPath(graph.FactorToItems.RowCount, options, generator);
        if (options.Metapaths.HasFlag(Metapaths.Interaction))
        {
            itemsToUsers = new GraphAttentionStep(width, width, width, options.Heads, generator);
            usersToItems = new GraphAttentionStep(width, width, width, options.Heads, generator);
            if (!_literal)
            {
                userSelf = Initialize.Glorot(generator, width, width, width, width);
                itemSelf = Initialize.Glorot(generator, width, width, width, width);
            }
        }
        (_newUsers, _newItems) = (Isolated(graph.UserToItems), Isolated(graph.ItemToUsers));
        RegisterComponents();
    }

    /// <summary>Standard deviation of initial node embeddings.</summary>
    internal const double NodeDeviation = 0.1;

    /// <summary>Graph vectors of all users [U, D] and items [I, D].</summary>
    /// <param name="edges">Edges of this pass.</param>
    /// <param name="drop">Node ids to replace by the unknown node, or null in inference.</param>
    public (Tensor Users, Tensor Items) Propagate(MetapathEdges edges, NodeDrop? drop = null)
    {
        using var scope = NewDisposeScope();
        Tensor u = Nodes(users, unknownUser, _newUsers, drop?.Users), i = Nodes(items, unknownItem, _newItems, drop?.Items);
        var hu = userPath is null ? u : userPath.Propagate(u, edges.UsersToFactors, edges.FactorsToUsers);
        var hi = itemPath is null ? i : itemPath.Propagate(i, edges.ItemsToFactors, edges.FactorsToItems);
        if (itemsToUsers is not null)
        {
            var (su, si) = (userPath is null ? hu : Scalars.Elu(hu), itemPath is null ? hi : Scalars.Elu(hi));
            (hu, hi) = (Interact(itemsToUsers, si, su, hu, edges.ItemsToUsers, userSelf), Interact(usersToItems!, su, si, hi, edges.UsersToItems, itemSelf));
        }
        return (hu.MoveToOuterDisposeScope(), hi.MoveToOuterDisposeScope());
    }

    /// <param name="step">The step.</param>
    /// <param name="sources">Sources after ELU.</param>
    /// <param name="targets">Targets after ELU.</param>
    /// <param name="fallback">H_t, which stays where a target has no (visible) neighbours and no self term.</param>
    /// <param name="edges">Edges from sources to targets.</param>
    /// <param name="self">W_self, without <c>Literal</c>.</param>
    private Tensor Interact(GraphAttentionStep step, Tensor sources, Tensor targets, Tensor fallback, EdgeList edges, Parameter? self)
    {
        var messages = step.Attend(sources, targets, edges);
        if (!_literal) return Scalars.Add(nn.functional.linear(targets, self!), messages);
        var has = tensor(Enumerable.Range(0, edges.TargetCount).Select(edges.HasEdges).ToArray(), device: targets.device);
        return where(has.unsqueeze(1), messages, fallback);
    }

    /// <summary>
    /// Node embeddings, some of them replaced: in training those that the draw names, in inference those without interactions.
    /// Never the latter in training: a node whose only interaction is hidden must not tell so by its embedding.
    /// </summary>
    private Tensor Nodes(Tensor known, Tensor unknown, float[] isNew, Tensor? drop)
    {
        var mask = training ? drop : Array.Exists(isNew, value => value > 0) ? tensor(isNew, isNew.Length, 1, known.dtype, known.device) : null;
        return mask is null ? known : where(mask.to(ScalarType.Bool), unknown, known);
    }

    private static float[] Isolated(Csr graph)
    {
        var isolated = new float[graph.RowCount];
        for (int row = 0; row < isolated.Length; row++) isolated[row] = graph.Degree(row) == 0 ? 1 : 0;
        return isolated;
    }
}

/// <summary>Which nodes stand as unknown in one training step: 1 or 0, [U, 1] and [I, 1].</summary>
internal readonly record struct NodeDrop(Tensor Users, Tensor Items);
