using System.Runtime.InteropServices;
using AutoGraph.Core.Codes;
using AutoGraph.Core.Interactions;

namespace AutoGraph.Core.Graphs;

/// <summary>
/// The graph of paper §3.2.3: users, items, user factors and item factors as nodes; user–item, user–user factor and
/// item–item factor edges, each in both directions. A factor is a (side, level, code) and has the node number
/// level · K + code on its side.
/// </summary>
/// <remarks>Immutable; safe for concurrent use. Built from training interactions only.</remarks>
public sealed class FactorGraph
{
    /// <summary>Builds the graph.</summary>
    /// <param name="train">Training interactions.</param>
    /// <param name="userCodes">Codes of every user, [U, T].</param>
    /// <param name="itemCodes">Codes of every item, [I, T].</param>
    /// <param name="levels">Levels whose factors become nodes, counted from the coarsest (paper Table 6: two).</param>
    /// <exception cref="ArgumentException">Codes are missing for some users or items, or there are fewer levels than asked for.</exception>
    public FactorGraph(InteractionTable train, CodeTable userCodes, CodeTable itemCodes, int levels)
        : this(Adjacency.FromEdges(train.Users.Count, train.Items.Count, train.UserOf, train.ItemOf), new UserHistories(train), userCodes, itemCodes, levels)
    {
    }

    /// <summary>Builds the graph from edge lists, a user's edges in chronological order.</summary>
    /// <param name="userCount">Number of users U.</param>
    /// <param name="itemCount">Number of items I.</param>
    /// <param name="users">User of each user–item edge.</param>
    /// <param name="items">Item of each user–item edge.</param>
    /// <param name="userCodes">Codes of every user, [U, T].</param>
    /// <param name="itemCodes">Codes of every item, [I, T].</param>
    /// <param name="levels">Levels whose factors become nodes.</param>
    /// <exception cref="ArgumentException">As above.</exception>
    public FactorGraph(int userCount, int itemCount, ReadOnlySpan<int> users, ReadOnlySpan<int> items, CodeTable userCodes, CodeTable itemCodes, int levels)
        : this(Adjacency.FromEdges(userCount, itemCount, users, items), new UserHistories(userCount, itemCount, users, items), userCodes, itemCodes, levels)
    {
    }

    private FactorGraph(Adjacency userToItems, UserHistories histories, CodeTable userCodes, CodeTable itemCodes, int levels)
    {
        Check(userCodes, userToItems.RowCount, levels, "user");
        Check(itemCodes, userToItems.ColumnCount, levels, "item");
        (UserCodes, ItemCodes, Levels, UserToItems, Histories) = (userCodes, itemCodes, levels, userToItems, histories);
        ItemToUsers = UserToItems.Transpose();
        UserToFactors = Factors(userCodes, levels);
        FactorToUsers = UserToFactors.Transpose();
        ItemToFactors = Factors(itemCodes, levels);
        FactorToItems = ItemToFactors.Transpose();
    }

    private FactorGraph(FactorGraph graph, IReadOnlyList<int> laterItems)
    {
        (UserCodes, ItemCodes, Levels, UserToItems, Histories, ItemToUsers) = (graph.UserCodes, graph.ItemCodes, graph.Levels, graph.UserToItems, graph.Histories, graph.ItemToUsers);
        (UserToFactors, FactorToUsers, ItemToFactors) = (graph.UserToFactors, graph.FactorToUsers, graph.ItemToFactors);
        (LaterItems, FactorToItems) = (laterItems, graph.FactorToItems.WithoutColumns(laterItems));
    }

    /// <summary>The same graph before some items joined: they read their factors, and no factor reads them (paper App. A.3).</summary>
    /// <param name="items">Positions of items without interactions.</param>
    internal FactorGraph WithLaterItems(IReadOnlyList<int> items) => new(this, items);

    /// <summary>The same graph without some interactions; those that it does not have are passed over.</summary>
    /// <param name="pairs">Users and items; of a repeated interaction the latest is left out.</param>
    internal FactorGraph WithoutLatest(IEnumerable<(int User, int Item)> pairs)
    {
        var left = new bool[Histories.Count];
        foreach (var (user, item) in pairs)
        {
            int row = Histories.Offsets[user + 1] - 1;
            while (row >= Histories.Offsets[user] && (left[row] || Histories.Items[row] != item)) row--;
            if (row >= Histories.Offsets[user]) left[row] = true;
        }
        var (users, items) = (new List<int>(left.Length), new List<int>(left.Length));
        for (int user = 0; user < UserCount; user++)
            for (int row = Histories.Offsets[user]; row < Histories.Offsets[user + 1]; row++)
                if (!left[row]) { users.Add(user); items.Add(Histories.Items[row]); }
        return new(UserCount, ItemCount, CollectionsMarshal.AsSpan(users), CollectionsMarshal.AsSpan(items), UserCodes, ItemCodes, Levels);
    }

    /// <summary>Items that no factor reads; none unless <see cref="WithLaterItems"/> made the graph.</summary>
    internal IReadOnlyList<int> LaterItems { get; } = [];

    /// <summary>Codes of the users, all levels.</summary>
    public CodeTable UserCodes { get; }

    /// <summary>Codes of the items, all levels.</summary>
    public CodeTable ItemCodes { get; }

    /// <summary>Levels whose factors are nodes.</summary>
    public int Levels { get; }

    /// <summary>Number of users U.</summary>
    public int UserCount => UserToItems.RowCount;

    /// <summary>Number of items I.</summary>
    public int ItemCount => UserToItems.ColumnCount;

    /// <summary>Each user's interactions in chronological order, repeated ones too.</summary>
    public UserHistories Histories { get; }

    /// <summary>Items that each user interacted with; [U] rows.</summary>
    public Adjacency UserToItems { get; }

    /// <summary>Users who interacted with each item; [I] rows.</summary>
    public Adjacency ItemToUsers { get; }

    /// <summary>Factors of each user; [U] rows.</summary>
    public Adjacency UserToFactors { get; }

    /// <summary>Users of each user factor; [levels · K] rows.</summary>
    public Adjacency FactorToUsers { get; }

    /// <summary>Factors of each item; [I] rows.</summary>
    public Adjacency ItemToFactors { get; }

    /// <summary>Items of each item factor; [levels · K] rows.</summary>
    public Adjacency FactorToItems { get; }

    private static Adjacency Factors(CodeTable codes, int levels)
    {
        var (rows, factors) = (new int[codes.Count * levels], new int[codes.Count * levels]);
        for (int row = 0, edge = 0; row < codes.Count; row++)
            for (int level = 0; level < levels; level++, edge++)
                (rows[edge], factors[edge]) = (row, level * codes.CodebookSize + codes.Row(row)[level]);
        return Adjacency.FromEdges(codes.Count, levels * codes.CodebookSize, rows, factors);
    }

    private static void Check(CodeTable codes, int entities, int levels, string side)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 1);
        if (codes.Count != entities)
            throw new ArgumentException($"Expected codes for {entities} {side}s, found {codes.Count}. Quantize the table that the interactions refer to.");
        if (codes.Levels < levels)
            throw new ArgumentException($"Expected at least {levels} levels of {side} codes, found {codes.Levels}. Quantize with more levels or use fewer in the graph.");
    }
}
