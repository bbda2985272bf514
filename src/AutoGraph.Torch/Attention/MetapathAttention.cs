using AutoGraph.Core.Graphs;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>
/// Metapath message propagation (paper §3.3.1): semantic paths u→q→u and i→q→i in two steps through the factor node
/// (Eq. 7), then L rounds of the interaction paths i→u and u→i (Eq. 8), each with weights of its own. With self terms (default)
/// H = W_self e + GAT(…), Ĥ⁰ = H and Ĥˡ = W_self ELU(Ĥˡ⁻¹) + GAT(ELU(Ĥˡ⁻¹) of the neighbours); graph vectors are Ĥᴸ. Options change the form of the attention
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
    private readonly ModuleList<InteractionStep> laterItemsToUsers;     // rounds 2 to L
    private readonly ModuleList<InteractionStep> laterUsersToItems;

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
        (laterItemsToUsers, laterUsersToItems) = ([], []);
        if (options.Metapaths.HasFlag(Metapaths.Interaction))
        {
            var (toUsers, toItems) = (InteractionForm.Of(options, options.ReadsHistory ? options.NeighborSample : 0), InteractionForm.Of(options, 0));
            (itemsToUsers, usersToItems) = (new InteractionStep(toUsers, generator), new InteractionStep(toItems, generator));
            for (int round = 2; round <= options.Layers; round++)
            {
                laterItemsToUsers.Add(new InteractionStep(toUsers, generator));
                laterUsersToItems.Add(new InteractionStep(toItems, generator));
            }
        }
        if (content?.Users is { } ofUsers) userContent = new NodeContent(ofUsers, width, generator);
        if (content?.Items is { } ofItems) itemContent = new NodeContent(ofItems, width, generator);
        RegisterComponents();
    }

    /// <summary>The interaction path to users, rounds 1 to L; none where it is off.</summary>
    public IReadOnlyList<InteractionStep> ToUsers => itemsToUsers is null ? [] : [itemsToUsers, .. laterItemsToUsers];

    private IReadOnlyList<InteractionStep> ToItems => usersToItems is null ? [] : [usersToItems, .. laterUsersToItems];

    /// <summary>Entries of <see cref="States"/>: L, and 1 without interaction paths.</summary>
    public int Rounds => 1 + laterItemsToUsers.Count;

    /// <summary>Graph vectors of all users [U, D] and items [I, D] in inference.</summary>
    /// <param name="edges">Edges of this pass.</param>
    public (Tensor Users, Tensor Items) Propagate(MetapathEdges edges)
    {
        var random = default(RandomStream);     // inference draws nothing
        return Propagate(edges, null, ref random);
    }

    /// <summary>Graph vectors of all users [U, D] and items [I, D].</summary>
    /// <param name="edges">Edges of this pass.</param>
    /// <param name="drop">Node ids to replace by the unknown node, or null in inference.</param>
    /// <param name="random">Where dropout is drawn from, in training.</param>
    public (Tensor Users, Tensor Items) Propagate(MetapathEdges edges, NodeDrop? drop, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var states = States(edges, drop, ref random);
        return (Users(states, edges.ItemsToUsers, ref random).MoveToOuterDisposeScope(), Items(states, edges.UsersToItems, ref random).MoveToOuterDisposeScope());
    }

    /// <summary>What each round of the interaction paths reads: the semantic states, then the states after rounds 1 to L − 1.</summary>
    /// <param name="edges">Edges of this pass.</param>
    /// <param name="drop">Node ids to replace by the unknown node, or null in inference.</param>
    /// <param name="random">Where dropout is drawn from, in training.</param>
    public IReadOnlyList<NodeStates> States(MetapathEdges edges, NodeDrop? drop, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var states = new List<NodeStates> { Semantics(edges, drop, ref random) };
        var (toUsers, toItems) = (ToUsers, ToItems);
        while (states.Count < Rounds)
        {
            var (step, before) = (states.Count - 1, states[^1]);
            var users = toUsers[step].Apply(before.ActiveItems, before.ActiveUsers, before.Users, edges.ItemsToUsers, ref random);
            states.Add(NodeStates.After(users, toItems[step].Apply(before.ActiveUsers, before.ActiveItems, before.Items, edges.UsersToItems, ref random)));
        }
        return states.ConvertAll(round => round.MoveToOuterScope());
    }

    private NodeStates Semantics(MetapathEdges edges, NodeDrop? drop, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        Tensor u = users.All(drop?.Users), i = items.All(drop?.Items);
        if (userContent is not null) u = userContent.Add(u);
        if (itemContent is not null) i = itemContent.Add(i);
        Tensor hu = userPath is null ? u.alias() : userPath.Propagate(u, edges.UserFactors, ref random), hi = itemPath is null ? i.alias() : itemPath.Propagate(i, edges.ItemFactors, ref random);
        Tensor su = userPath is null ? hu.alias() : Scalars.Elu(hu), si = itemPath is null ? hi.alias() : Scalars.Elu(hi);
        return new NodeStates(hu, hi, su, si).MoveToOuterScope();
    }

    /// <summary>Graph vectors of all users, [U, D]: the last round.</summary>
    public Tensor Users(IReadOnlyList<NodeStates> states, EdgeList edges, ref RandomStream random) =>
        ToUsers is [.., var last] ? last.Apply(states[^1].ActiveItems, states[^1].ActiveUsers, states[^1].Users, edges, ref random) : states[^1].Users.alias();

    /// <summary>Graph vectors of users of whom each row knows other items, [B, D]: all rounds from the semantic state of the user on.</summary>
    /// <param name="states">What <see cref="States"/> gave.</param>
    /// <param name="rows">The user of each row.</param>
    /// <param name="edges">Edges from items to rows, oldest first.</param>
    /// <param name="random">Where dropout is drawn from, in training.</param>
    public Tensor Users(IReadOnlyList<NodeStates> states, EdgeList rows, EdgeList edges, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        return InteractionRounds.Apply(ToUsers, [.. states.Select(round => round.ActiveItems)], SegmentMean.Apply(states[0].Users, rows), SegmentMean.Apply(states[0].ActiveUsers, rows), edges, ref random)
            .Vectors.MoveToOuterDisposeScope();
    }

    /// <summary>Graph vectors of all items, [I, D]: the last round.</summary>
    public Tensor Items(IReadOnlyList<NodeStates> states, EdgeList edges, ref RandomStream random) =>
        ToItems is [.., var last] ? last.Apply(states[^1].ActiveUsers, states[^1].ActiveItems, states[^1].Items, edges, ref random) : states[^1].Items.alias();

    /// <summary>Whether single nodes can be computed over stored states: semantic paths through factor nodes, and nodes without content of their own.</summary>
    public bool HasSinglePasses => userPath?.IsTwoHop != false && itemPath?.IsTwoHop != false && userContent is null && itemContent is null;

    /// <summary>What single nodes read of the factors, [Q, 2D]; null where a semantic path is off.</summary>
    public (Tensor? Users, Tensor? Items) Factors(MetapathEdges edges)
    {
        using var scope = NewDisposeScope();
        var random = default(RandomStream);     // inference draws nothing
        return (userPath?.Factors(users.All(null), edges.UserFactors.ToFactors, ref random).MoveToOuterDisposeScope(),
            itemPath?.Factors(items.All(null), edges.ItemFactors.ToFactors, ref random).MoveToOuterDisposeScope());
    }

    /// <summary>Semantic state and what round 1 reads of it, [1, D] each, of one user over the states of its factors.</summary>
    /// <param name="row">Position, or -1 for one that joined after training.</param>
    /// <param name="factors">States of the user's factors alone, [levels, 2D]; null where the path is off.</param>
    public (Tensor State, Tensor Active) User(int row, Tensor? factors) => Node(users, userPath, row, factors);

    /// <summary>As <see cref="User"/>, of one item.</summary>
    public (Tensor State, Tensor Active) Item(int row, Tensor? factors) => Node(items, itemPath, row, factors);

    /// <summary>What each round reads of one user, side by side, [1, L·D], and its graph vector, [1, D], over the items it reads.</summary>
    /// <param name="node">What <see cref="User"/> gave.</param>
    /// <param name="sources">[n, L·D] what each round reads of the items, oldest first.</param>
    /// <param name="count">n.</param>
    public (Tensor Active, Tensor Vector) UserVector((Tensor State, Tensor Active) node, Tensor sources, int count) => Vector(ToUsers, node, sources, count);

    /// <summary>As <see cref="UserVector"/>, of one item over its users.</summary>
    public (Tensor Active, Tensor Vector) ItemVector((Tensor State, Tensor Active) node, Tensor sources, int count) => Vector(ToItems, node, sources, count);

    private static (Tensor Active, Tensor Vector) Vector(IReadOnlyList<InteractionStep> steps, (Tensor State, Tensor Active) node, Tensor sources, int count)
    {
        using var scope = NewDisposeScope();
        var random = default(RandomStream);     // inference draws nothing
        var edges = new EdgeList(1, (int)sources.shape[0], [0, count], [.. Enumerable.Range(0, count)]);
        var (active, vector) = InteractionRounds.Apply(steps, InteractionRounds.Columns(sources, (int)node.State.shape[1]), node.State, node.Active, edges, ref random);
        return (cat(active, 1).MoveToOuterDisposeScope(), vector.MoveToOuterDisposeScope());
    }

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
