namespace AutoGraph.Core.Interactions;

/// <summary>Positive interactions in row order: user, item and time of each row, as dense positions.</summary>
/// <remarks>Immutable by contract: callers do not change the arrays they hand over. Safe for concurrent use.</remarks>
public sealed class InteractionTable
{
    private readonly int[] _users;
    private readonly int[] _items;
    private readonly long[] _times;

    /// <summary>Creates a table from parallel columns.</summary>
    /// <param name="users">The user entities.</param>
    /// <param name="items">The item entities.</param>
    /// <param name="userOf">User position of each row, 0 ≤ value &lt; <paramref name="users"/>.Count.</param>
    /// <param name="itemOf">Item position of each row, 0 ≤ value &lt; <paramref name="items"/>.Count.</param>
    /// <param name="timeOf">Time of each row in any unit that grows with time; ties are ordered by row.</param>
    /// <exception cref="ArgumentException">The columns differ in length or a position is out of range.</exception>
    public InteractionTable(EntityIndex users, EntityIndex items, int[] userOf, int[] itemOf, long[] timeOf)
    {
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        if (userOf.Length != itemOf.Length || userOf.Length != timeOf.Length)
            throw new ArgumentException($"Expected columns of one length, found {userOf.Length} users, {itemOf.Length} items and {timeOf.Length} times.");
        CheckRange(userOf, users.Count, "user");
        CheckRange(itemOf, items.Count, "item");
        (Users, Items, _users, _items, _times) = (users, items, userOf, itemOf, timeOf);
    }

    /// <summary>The user entities.</summary>
    public EntityIndex Users { get; }

    /// <summary>The item entities.</summary>
    public EntityIndex Items { get; }

    /// <summary>Number of rows.</summary>
    public int Count => _users.Length;

    /// <summary>User position of each row.</summary>
    public ReadOnlySpan<int> UserOf => _users;

    /// <summary>Item position of each row.</summary>
    public ReadOnlySpan<int> ItemOf => _items;

    /// <summary>Time of each row.</summary>
    public ReadOnlySpan<long> TimeOf => _times;

    /// <summary>The same entities with some of the rows, in the order given.</summary>
    public InteractionTable Select(ReadOnlySpan<int> rows)
    {
        var (users, items, times) = (new int[rows.Length], new int[rows.Length], new long[rows.Length]);
        for (int i = 0; i < rows.Length; i++)
            (users[i], items[i], times[i]) = (_users[rows[i]], _items[rows[i]], _times[rows[i]]);
        return new InteractionTable(Users, Items, users, items, times);
    }

    private static void CheckRange(int[] positions, int count, string what)
    {
        for (int row = 0; row < positions.Length; row++)
            if ((uint)positions[row] >= (uint)count)
                throw new ArgumentException($"Expected {what} positions from 0 to {count - 1}, found {positions[row]} in row {row}.");
    }
}
