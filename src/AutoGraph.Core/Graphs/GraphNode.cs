using System.Globalization;

namespace AutoGraph.Core.Graphs;

/// <summary>What a node of a <see cref="FactorGraph"/> stands for.</summary>
public enum GraphNodeKind
{
    /// <summary>A user.</summary>
    User,

    /// <summary>An item.</summary>
    Item,

    /// <summary>A latent factor of users.</summary>
    UserFactor,

    /// <summary>A latent factor of items.</summary>
    ItemFactor,
}

/// <summary>A node by name.</summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Id">The user's or item's id; of a factor "level.code", the coarsest level being 0.</param>
public readonly record struct GraphNode(GraphNodeKind Kind, string Id)
{
    /// <summary>The user of an id.</summary>
    public static GraphNode User(string id) => new(GraphNodeKind.User, id);

    /// <summary>The item of an id.</summary>
    public static GraphNode Item(string id) => new(GraphNodeKind.Item, id);

    /// <summary>The user factor of a level and code.</summary>
    public static GraphNode UserFactor(int level, int code) => new(GraphNodeKind.UserFactor, FactorId(level, code));

    /// <summary>The item factor of a level and code.</summary>
    public static GraphNode ItemFactor(int level, int code) => new(GraphNodeKind.ItemFactor, FactorId(level, code));

    /// <summary>Kind and id, such as "Item b001"; no two nodes of a graph share it.</summary>
    public override string ToString() => $"{Kind} {Id}";

    private static string FactorId(int level, int code) => string.Create(CultureInfo.InvariantCulture, $"{level}.{code}");
}
