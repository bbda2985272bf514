using System.Text;
using AutoGraph.Core.Interactions;

namespace AutoGraph;

/// <summary>The categories seen in a fit and their numbers, in order of appearance.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    internal int Count => _ids.Count;

    /// <summary>The number of a category, added where it is new; -1 for an empty one.</summary>
    internal int Learn(string category)
    {
        if (category.Length == 0) return -1;
        category = Whole(category);
        if (!_ids.TryGetValue(category, out int id)) _ids.Add(category, id = _ids.Count);
        return id;
    }

    /// <summary>The number of a category, or -1.</summary>
    internal int Find(string category) => _ids.GetValueOrDefault(Whole(category), -1);

    // half a surrogate pair, where a text was cut between its halves, is U+FFFD in a file, and so it is here
    private static string Whole(string category) => IdText.IsWellFormed(category) ? category : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(category));

    /// <summary>The categories by their numbers.</summary>
    internal IReadOnlyList<string> Categories => [.. _ids.OrderBy(pair => pair.Value).Select(pair => pair.Key)];

    internal void Write(BinaryWriter writer)
    {
        writer.Write(_ids.Count);
        foreach (string category in Categories) writer.Write(category);
    }

    internal static Vocabulary Read(BinaryReader reader)
    {
        var vocabulary = new Vocabulary();
        for (int count = reader.ReadInt32(); count > 0; count--) vocabulary._ids.Add(reader.ReadString(), vocabulary.Count);
        return vocabulary;
    }
}
