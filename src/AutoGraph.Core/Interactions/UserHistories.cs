namespace AutoGraph.Core.Interactions;

/// <summary>Each user's interactions in chronological order (by time, ties by row).</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
public sealed class UserHistories
{
    private readonly int[] _offsets;   // [U + 1]
    private readonly int[] _rows;      // [R] row numbers, grouped by user
    private readonly int[] _items;     // [R] items of those rows

    /// <summary>Groups the rows of a table by user and orders each group.</summary>
    public UserHistories(InteractionTable table)
        : this((table ?? throw new ArgumentNullException(nameof(table))).Users.Count, table.Items.Count, table.UserOf, table.ItemOf)
    {
        var times = table.TimeOf.ToArray();
        var byTimeThenRow = Comparer<int>.Create((a, b) => times[a] != times[b] ? times[a].CompareTo(times[b]) : a.CompareTo(b));
        for (int user = 0; user < UserCount; user++)
            _rows.AsSpan(_offsets[user].._offsets[user + 1]).Sort(byTimeThenRow);
        for (int i = 0; i < _rows.Length; i++) _items[i] = table.ItemOf[_rows[i]];
    }

    /// <summary>Groups interactions that are in chronological order already.</summary>
    /// <param name="userCount">Number of users U.</param>
    /// <param name="itemCount">Number of items I.</param>
    /// <param name="users">[R] user of each interaction, 0 to U − 1.</param>
    /// <param name="items">[R] item of each interaction.</param>
    internal UserHistories(int userCount, int itemCount, ReadOnlySpan<int> users, ReadOnlySpan<int> items)
    {
        _offsets = new int[userCount + 1];
        foreach (int user in users) _offsets[user + 1]++;
        for (int user = 0; user < userCount; user++) _offsets[user + 1] += _offsets[user];
        (_rows, _items) = (new int[users.Length], new int[users.Length]);
        var next = _offsets.AsSpan(0, userCount).ToArray();
        for (int row = 0; row < users.Length; row++)
        {
            int place = next[users[row]]++;
            (_rows[place], _items[place]) = (row, items[row]);
        }
        ItemCount = itemCount;
    }

    /// <summary>Number of users.</summary>
    public int UserCount => _offsets.Length - 1;

    /// <summary>Number of items.</summary>
    public int ItemCount { get; }

    /// <summary>Number of interactions of all users.</summary>
    public int Count => _items.Length;

    /// <summary>[U + 1] where each user's interactions begin when those of all users stand one after another.</summary>
    public ReadOnlySpan<int> Offsets => _offsets;

    /// <summary>Items of all users' interactions, user by user, oldest first.</summary>
    public ReadOnlySpan<int> Items => _items;

    /// <summary>A user's items, oldest first.</summary>
    public ReadOnlySpan<int> ItemsOf(int user) => _items.AsSpan(_offsets[user].._offsets[user + 1]);

    /// <summary>The table rows behind <see cref="ItemsOf"/>, oldest first.</summary>
    public ReadOnlySpan<int> RowsOf(int user) => _rows.AsSpan(_offsets[user].._offsets[user + 1]);
}
