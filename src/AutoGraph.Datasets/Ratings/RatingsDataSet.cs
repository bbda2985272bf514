using AutoGraph.Core.Interactions;

namespace AutoGraph.Datasets;

/// <summary>A data set in memory: ratings in file order, the user table and the item table.</summary>
/// <typeparam name="TUser">Row type of the user table.</typeparam>
/// <typeparam name="TItem">Row type of the item table.</typeparam>
/// <remarks>Immutable by contract; safe for concurrent use.</remarks>
public sealed class RatingsDataSet<TUser, TItem>
    where TUser : IEntityRow
    where TItem : IEntityRow
{
    /// <summary>Creates a data set.</summary>
    /// <param name="name">Name for reports.</param>
    /// <param name="positiveAbove">A rating above this value counts as positive.</param>
    /// <param name="ratings">Ratings in file order.</param>
    /// <param name="users">User table; its order becomes the order of the user entities.</param>
    /// <param name="items">Item table; its order becomes the order of the item entities.</param>
    public RatingsDataSet(string name, float positiveAbove, IReadOnlyList<RatingRow> ratings, IReadOnlyList<TUser> users, IReadOnlyList<TItem> items)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(ratings);
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        (Name, PositiveAbove, Ratings, Users, Items) = (name, positiveAbove, ratings, users, items);
    }

    /// <summary>Name for reports.</summary>
    public string Name { get; }

    /// <summary>A rating above this value counts as positive (MovieLens: 3, paper App. B).</summary>
    public float PositiveAbove { get; }

    /// <summary>Ratings in file order.</summary>
    public IReadOnlyList<RatingRow> Ratings { get; }

    /// <summary>User table in file order.</summary>
    public IReadOnlyList<TUser> Users { get; }

    /// <summary>Item table in file order.</summary>
    public IReadOnlyList<TItem> Items { get; }

    /// <summary>Keeps the ratings above <see cref="PositiveAbove"/>; every user and item that has one becomes an entity, in table order.</summary>
    /// <exception cref="ArgumentException">An id occurs twice in a table, or a rating names a user or item that its table lacks.</exception>
    public Positives<TUser, TItem> Positives()
    {
        var (userRows, itemRows) = (IndexOf(Users), IndexOf(Items));
        var (userOf, itemOf, timeOf) = (new List<int>(Ratings.Count), new List<int>(Ratings.Count), new List<long>(Ratings.Count));
        for (int row = 0; row < Ratings.Count; row++)
        {
            var rating = Ratings[row];
            int user = RowOf(userRows, rating.UserId, "user", row), item = RowOf(itemRows, rating.ItemId, "item", row);
            if (!(rating.Rating > PositiveAbove)) continue;
            userOf.Add(user);
            itemOf.Add(item);
            timeOf.Add(rating.Timestamp);
        }
        var (users, userPositions) = Present(Users, userOf);
        var (items, itemPositions) = Present(Items, itemOf);
        var table = new InteractionTable(
            new EntityIndex(users.Select(user => user.Id)), new EntityIndex(items.Select(item => item.Id)),
            [.. userOf.Select(row => userPositions[row])], [.. itemOf.Select(row => itemPositions[row])], [.. timeOf]);
        return new Positives<TUser, TItem>(table, users, items);
    }

    private static EntityIndex IndexOf<T>(IReadOnlyList<T> rows) where T : IEntityRow => new(rows.Select(row => row.Id));

    private int RowOf(EntityIndex index, string id, string what, int row) =>
        index.TryGetPosition(id, out int position) ? position
            : throw new ArgumentException($"{Name}: expected every rating to name a row of the {what} table, found {what} '{id}' in rating {row} (counted from 0). Add the {what} or remove the rating.");

    /// <summary>The table rows that occur, in table order, and the entity position of each table row.</summary>
    private static (List<T> Kept, int[] Positions) Present<T>(IReadOnlyList<T> rows, List<int> occurring)
    {
        var occurs = new bool[rows.Count];
        foreach (int row in occurring) occurs[row] = true;
        var (kept, positions) = (new List<T>(), new int[rows.Count]);
        for (int row = 0; row < rows.Count; row++)
        {
            positions[row] = kept.Count;
            if (occurs[row]) kept.Add(rows[row]);
        }
        return (kept, positions);
    }
}
