using System.Globalization;

namespace AutoGraph.Core.Graphs;

/// <summary>Size and degrees of a <see cref="FactorGraph"/>. Each edge counts once, though messages pass it in both directions.</summary>
public sealed record GraphSummary
{
    /// <summary>Number of users.</summary>
    public required int Users { get; init; }

    /// <summary>Number of items.</summary>
    public required int Items { get; init; }

    /// <summary>User factors with at least one member, by level.</summary>
    public required IReadOnlyList<int> UserFactors { get; init; }

    /// <summary>Item factors with at least one member, by level.</summary>
    public required IReadOnlyList<int> ItemFactors { get; init; }

    /// <summary>User–item edges.</summary>
    public required int Interactions { get; init; }

    /// <summary>User–user factor edges.</summary>
    public required int UserFactorEdges { get; init; }

    /// <summary>Item–item factor edges.</summary>
    public required int ItemFactorEdges { get; init; }

    /// <summary>Items per user.</summary>
    public required DegreeStatistics ItemsPerUser { get; init; }

    /// <summary>Users per item.</summary>
    public required DegreeStatistics UsersPerItem { get; init; }

    /// <summary>Users per user factor in use.</summary>
    public required DegreeStatistics UsersPerFactor { get; init; }

    /// <summary>Items per item factor in use.</summary>
    public required DegreeStatistics ItemsPerFactor { get; init; }

    /// <summary>Counts a graph.</summary>
    public static GraphSummary Of(FactorGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new()
        {
            Users = graph.UserCount, Items = graph.ItemCount,
            UserFactors = InUse(graph.FactorToUsers, graph.Levels), ItemFactors = InUse(graph.FactorToItems, graph.Levels),
            Interactions = graph.UserToItems.EdgeCount, UserFactorEdges = graph.UserToFactors.EdgeCount, ItemFactorEdges = graph.ItemToFactors.EdgeCount,
            ItemsPerUser = DegreeStatistics.Of(graph.UserToItems), UsersPerItem = DegreeStatistics.Of(graph.ItemToUsers),
            UsersPerFactor = DegreeStatistics.OfConnected(graph.FactorToUsers), ItemsPerFactor = DegreeStatistics.OfConnected(graph.FactorToItems),
        };
    }

    /// <summary>Counts and degrees, a line each.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"""
        {Users:N0} users, {Items:N0} items, {UserFactors.Sum():N0} user factors ({string.Join(" + ", UserFactors)} by level), {ItemFactors.Sum():N0} item factors ({string.Join(" + ", ItemFactors)})
        {Interactions:N0} interactions, {UserFactorEdges:N0} user–factor edges, {ItemFactorEdges:N0} item–factor edges
        items per user: {ItemsPerUser}
        users per item: {UsersPerItem}
        users per factor: {UsersPerFactor}
        items per factor: {ItemsPerFactor}
        """);

    private static int[] InUse(Adjacency factors, int levels)
    {
        int size = factors.RowCount / levels;
        return [.. Enumerable.Range(0, levels).Select(level => Enumerable.Range(level * size, size).Count(factor => factors.Degree(factor) > 0))];
    }
}
