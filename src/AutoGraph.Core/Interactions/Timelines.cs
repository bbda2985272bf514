namespace AutoGraph.Core.Interactions;

/// <summary>Each user's interactions in chronological order (by time, ties by row).</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
public sealed class Timelines
{
    private readonly int[] _offsets;   // [U + 1]
    private readonly int[] _rows;      // [R] row numbers, grouped by user
    private readonly int[] _items;     // [R] items of those rows

    /// <summary>Groups the rows of a table by user and orders each group.</summary>
    public Timelines(InteractionTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        int users = table.Users.Count;
        _offsets = new int[users + 1];
        foreach (int user in table.UserOf) _offsets[user + 1]++;
        for (int user = 0; user < users; user++) _offsets[user + 1] += _offsets[user];

        _rows = new int[table.Count];
        var next = _offsets.AsSpan(0, users).ToArray();
        for (int row = 0; row < table.Count; row++) _rows[next[table.UserOf[row]]++] = row;

        var times = table.TimeOf.ToArray();
        var byTimeThenRow = Comparer<int>.Create((a, b) => times[a] != times[b] ? times[a].CompareTo(times[b]) : a.CompareTo(b));
        for (int user = 0; user < users; user++)
            _rows.AsSpan(_offsets[user].._offsets[user + 1]).Sort(byTimeThenRow);

        _items = new int[table.Count];
        for (int i = 0; i < _rows.Length; i++) _items[i] = table.ItemOf[_rows[i]];
        ItemCount = table.Items.Count;
    }

    /// <summary>Number of users.</summary>
    public int UserCount => _offsets.Length - 1;

    /// <summary>Number of items.</summary>
    public int ItemCount { get; }

    /// <summary>Number of interactions of all users.</summary>
    public int Count => _items.Length;

    /// <summary>A user's items, oldest first.</summary>
    public ReadOnlySpan<int> ItemsOf(int user) => _items.AsSpan(_offsets[user].._offsets[user + 1]);

    /// <summary>The table rows behind <see cref="ItemsOf"/>, oldest first.</summary>
    public ReadOnlySpan<int> RowsOf(int user) => _rows.AsSpan(_offsets[user].._offsets[user + 1]);
}
