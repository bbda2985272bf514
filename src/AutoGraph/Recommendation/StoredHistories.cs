using AutoGraph.Core.Interactions;
using AutoGraph.Core.Persistence;

namespace AutoGraph;

/// <summary>Every user's training items, oldest first and whole; saved with the recommender.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed class StoredHistories(int[] offsets, int[] items)
{
    internal static StoredHistories Of(UserHistories histories)
    {
        var (offsets, items) = (new int[histories.UserCount + 1], new int[histories.Count]);
        for (int user = 0; user < histories.UserCount; user++)
        {
            var own = histories.ItemsOf(user);
            own.CopyTo(items.AsSpan(offsets[user]));
            offsets[user + 1] = offsets[user] + own.Length;
        }
        return new(offsets, items);
    }

    /// <summary>A user's items; none for an unknown user (-1).</summary>
    internal ReadOnlyMemory<int> this[int user] => user < 0 ? default : items.AsMemory(offsets[user]..offsets[user + 1]);

    /// <summary>[U] training interactions of each user.</summary>
    internal int[] CountByUser() => [.. Enumerable.Range(0, offsets.Length - 1).Select(user => offsets[user + 1] - offsets[user])];

    /// <summary>[I] training interactions of each item.</summary>
    internal int[] CountByItem(int itemCount)
    {
        var counts = new int[itemCount];
        foreach (int item in items) counts[item]++;
        return counts;
    }

    internal TensorDictionary Save()
    {
        var tensors = new TensorDictionary();
        tensors.Add("offsets", offsets, offsets.Length);
        tensors.Add("items", items, items.Length);
        return tensors;
    }

    internal static StoredHistories Load(TensorDictionary tensors, int users, int itemCount)
    {
        var (offsets, items) = (tensors.Ints("offsets", users + 1), tensors.Ints("items", -1));
        bool grows = offsets[0] == 0 && offsets[^1] == items.Length && offsets.Zip(offsets.Skip(1)).All(pair => pair.First <= pair.Second);
        if (!grows || items.Any(item => (uint)item >= (uint)itemCount))
            throw new InvalidDataException($"Expected histories of {users} users over {itemCount} items, found positions outside");
        return new(offsets, items);
    }
}
