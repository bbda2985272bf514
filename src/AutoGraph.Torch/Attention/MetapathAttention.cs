using AutoGraph.Core.Graphs;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>
/// Metapath message propagation (paper §3.3.1): semantic paths u→q→u and i→q→i in two steps through the factor node
/// (Eq. 7), then interaction paths i→u and u→i on their outputs (Eq. 8). With self terms (default)
/// H_t = W_self e_t + GAT(…) and Ĥ_t = W_self H_t + GAT(…); ELU between steps. Options change the form of the attention
/// (<c>AttentionV2</c>, <c>Pairwise</c>), scale each path (<c>Gates</c>) or add semantic vectors to e (<c>ContentNodes</c>).
/// </summary>
internal sealed class MetapathAttention : nn.Module
{
    private readonly NodeEmbeddings users;
    private readonly NodeEmbeddings items;
    private readonly NodeContent? userContent;
    private readonly NodeContent? itemContent;
    private readonly SemanticPath? userPath;
    private readonly SemanticPath? itemPath;
    private readonly InteractionStep? itemsToUsers;
    private readonly InteractionStep? usersToItems;

    /// <param name="graph">Counts of nodes, and who is new.</param>
    /// <param name="options">Options.</param>
    /// <param name="generator">Where initial weights are drawn from.</param>
    /// <param name="content">Scaled content of the nodes, where the options ask for it.</param>
    public MetapathAttention(FactorGraph graph, MetapathGraphOptions options, Generator generator, GraphContent? content = null) : base(nameof(MetapathAttention))
    {
        int width = options.Dimension;
        users = new NodeEmbeddings(graph.UserToItems, width, generator);
        items = new NodeEmbeddings(graph.ItemToUsers, width, generator);
        if (options.Metapaths.HasFlag(Metapaths.UserSemantic)) userPath = new SemanticPath(graph.FactorToUsers.RowCount, options, generator, content?.UserFactors);
        if (options.Metapaths.HasFlag(Metapaths.ItemSemantic)) itemPath = new SemanticPath(graph.FactorToItems.RowCount, options, generator, content?.ItemFactors);
        if (options.Metapaths.HasFlag(Metapaths.Interaction))
        {
            itemsToUsers = new InteractionStep(InteractionForm.Of(options, options.ReadsHistory ? options.NeighborSample : 0), generator);
            usersToItems = new InteractionStep(InteractionForm.Of(options, 0), generator);
        }
        if (content?.Users is { } ofUsers) userContent = new NodeContent(ofUsers, width, generator);
        if (content?.Items is { } ofItems) itemContent = new NodeContent(ofItems, width, generator);
        RegisterComponents();
    }

    /// <summary>The interaction path to users, where it is on.</summary>
    public InteractionStep? ToUsers => itemsToUsers;

    /// <summary>Graph vectors of all users [U, D] and items [I, D].</summary>
    /// <param name="edges">Edges of this pass.</param>
    /// <param name="drop">Node ids to replace by the unknown node, or null in inference.</param>
    public (Tensor Users, Tensor Items) Propagate(MetapathEdges edges, NodeDrop? drop = null)
    {
        using var scope = NewDisposeScope();
        var states = Semantics(edges, drop);
        return (Users(states, edges.ItemsToUsers).MoveToOuterDisposeScope(), Items(states, edges.UsersToItems).MoveToOuterDisposeScope());
    }

    /// <summary>States of all nodes after the semantic paths.</summary>
    /// <param name="edges">Edges of this pass.</param>
    /// <param name="drop">Node ids to replace by the unknown node, or null in inference.</param>
    public SemanticStates Semantics(MetapathEdges edges, NodeDrop? drop = null)
    {
        using var scope = NewDisposeScope();
        Tensor u = users.All(drop?.Users), i = items.All(drop?.Items);
        if (userContent is not null) u = userContent.Add(u);
        if (itemContent is not null) i = itemContent.Add(i);
        Tensor hu = userPath is null ? u.alias() : userPath.Propagate(u, edges.UserFactors), hi = itemPath is null ? i.alias() : itemPath.Propagate(i, edges.ItemFactors);
        Tensor su = userPath is null ? hu.alias() : Scalars.Elu(hu), si = itemPath is null ? hi.alias() : Scalars.Elu(hi);
        return new(hu.MoveToOuterDisposeScope(), hi.MoveToOuterDisposeScope(), su.MoveToOuterDisposeScope(), si.MoveToOuterDisposeScope());
    }

    /// <summary>Graph vectors of all users, [U, D].</summary>
    public Tensor Users(SemanticStates states, EdgeList edges) =>
        itemsToUsers is null ? states.Users.alias() : itemsToUsers.Apply(states.ActiveItems, states.ActiveUsers, states.Users, edges);

    /// <summary>Graph vectors of users of whom each row knows other items, [B, D].</summary>
    /// <param name="states">States of all nodes.</param>
    /// <param name="rows">The user of each row.</param>
    /// <param name="edges">Edges from items to rows, oldest first.</param>
    public Tensor Users(SemanticStates states, EdgeList rows, EdgeList edges)
    {
        using var scope = NewDisposeScope();
        var fallback = SegmentMean.Apply(states.Users, rows);
        return (itemsToUsers is null ? fallback : itemsToUsers.Apply(states.ActiveItems, SegmentMean.Apply(states.ActiveUsers, rows), fallback, edges)).MoveToOuterDisposeScope();
    }

    /// <summary>Graph vectors of all items, [I, D].</summary>
    public Tensor Items(SemanticStates states, EdgeList edges) =>
        usersToItems is null ? states.Items.alias() : usersToItems.Apply(states.ActiveUsers, states.ActiveItems, states.Items, edges);

    /// <summary>Whether single nodes can be computed over stored states: semantic paths through factor nodes, and nodes without content of their own.</summary>
    public bool HasSinglePasses => userPath?.IsTwoHop != false && itemPath?.IsTwoHop != false && userContent is null && itemContent is null;

    /// <summary>What single nodes read of the factors, [Q, 2D]; null where a semantic path is off.</summary>
    public (Tensor? Users, Tensor? Items) Factors(MetapathEdges edges)
    {
        using var scope = NewDisposeScope();
        return (userPath?.Factors(users.All(null), edges.UserFactors.ToFactors).MoveToOuterDisposeScope(),
            itemPath?.Factors(items.All(null), edges.ItemFactors.ToFactors).MoveToOuterDisposeScope());
    }

    /// <summary>State and ELU of it, [1, D] each, of one user over the states of its factors.</summary>
    /// <param name="row">Position, or -1 for one that joined after training.</param>
    /// <param name="factors">States of the user's factors alone, [levels, 2D]; null where the path is off.</param>
    public (Tensor State, Tensor Active) User(int row, Tensor? factors) => Node(users, userPath, row, factors);

    /// <summary>As <see cref="User"/>, of one item.</summary>
    public (Tensor State, Tensor Active) Item(int row, Tensor? factors) => Node(items, itemPath, row, factors);

    /// <summary>The graph vector [1, D] of one user over the items it reads.</summary>
    /// <param name="node">Its state and ELU of it.</param>
    /// <param name="sources">[n, D] ELU of the states of the items, oldest first.</param>
    /// <param name="count">n.</param>
    public Tensor UserVector((Tensor State, Tensor Active) node, Tensor sources, int count) => Vector(itemsToUsers, node, sources, count);

    /// <summary>As <see cref="UserVector"/>, of one item over its users.</summary>
    public Tensor ItemVector((Tensor State, Tensor Active) node, Tensor sources, int count) => Vector(usersToItems, node, sources, count);

    private static Tensor Vector(InteractionStep? step, (Tensor State, Tensor Active) node, Tensor sources, int count) => step is null
        ? node.State.alias()
        : step.Apply(sources, node.Active, node.State, new EdgeList(1, (int)sources.shape[0], [0, count], [.. Enumerable.Range(0, count)]));

    private static (Tensor State, Tensor Active) Node(NodeEmbeddings nodes, SemanticPath? path, int row, Tensor? factors)
    {
        using var scope = NewDisposeScope();
        var own = nodes.One(row);
        if (path is null) return (own.alias().MoveToOuterDisposeScope(), own.alias().MoveToOuterDisposeScope());
        int levels = (int)factors!.shape[0];
        var state = path.Members(own, factors, new EdgeList(1, levels, [0, levels], [.. Enumerable.Range(0, levels)]));
        return (state.MoveToOuterDisposeScope(), Scalars.Elu(state).MoveToOuterDisposeScope());
    }

    /// <summary>Which nodes stand as unknown in one training step.</summary>
    /// <param name="drop">Part of the nodes.</param>
    /// <param name="random">Where they are drawn from.</param>
    /// <param name="newItems">[I] items that do besides, or null.</param>
    public NodeDrop Draw(double drop, ref RandomStream random, bool[]? newItems) => new(users.Draw(drop, ref random), items.Draw(drop, ref random, newItems));
}

/// <summary>Which nodes stand as unknown in one training step: 1 or 0, [U, 1] and [I, 1]; null for none.</summary>
internal readonly record struct NodeDrop(Tensor? Users, Tensor? Items);
