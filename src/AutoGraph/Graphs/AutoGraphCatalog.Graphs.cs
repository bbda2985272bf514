namespace AutoGraph;

public sealed partial class AutoGraphCatalog
{
    /// <summary>Step 3: builds the graph of interactions and latent factors; see <see cref="MetapathGraphEstimator"/> for the columns.</summary>
    /// <param name="users">The users, with their codes or a pipeline that makes them.</param>
    /// <param name="items">The items, likewise.</param>
    /// <param name="options">Options; null: the defaults, trained standalone.</param>
    /// <param name="columns">Column names of the interactions; null: "UserId", "ItemId", "Timestamp".</param>
    public MetapathGraphEstimator MetapathGraph(SideTable users, SideTable items, MetapathGraphOptions? options = null, InteractionColumns? columns = null)
    {
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        return new MetapathGraphEstimator(Environment, users, items, options ?? new MetapathGraphOptions(), columns ?? InteractionColumns.Default);
    }
}
