namespace AutoGraph.Torch.Training;

/// <summary>The items that may be negatives, where some join only after training.</summary>
internal sealed class NegativePool
{
    private readonly int[] _items;      // ascending
    private readonly int[] _places;     // [I] place of each item among them, -1 for the others

    /// <param name="itemCount">Number of items I.</param>
    /// <param name="later">Items that are never negatives.</param>
    public NegativePool(int itemCount, IEnumerable<int> later)
    {
        var excluded = later.ToHashSet();
        _items = [.. Enumerable.Range(0, itemCount).Where(item => !excluded.Contains(item))];
        _places = new int[itemCount];
        Array.Fill(_places, -1);
        for (int place = 0; place < _items.Length; place++) _places[_items[place]] = place;
    }

    /// <summary>Number of items that may be negatives.</summary>
    public int Count => _items.Length;

    /// <summary>The items that may be negatives, ascending.</summary>
    public ReadOnlySpan<int> Items => _items;

    /// <summary>The item at a place.</summary>
    public int this[int place] => _items[place];

    /// <summary>The place of an item that may be a negative.</summary>
    public int PlaceOf(int item) => _places[item];
}
