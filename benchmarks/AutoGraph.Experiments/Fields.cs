using AutoGraph.Core.Features;

namespace AutoGraph.Experiments;

/// <summary>Encodes columns of text as fields.</summary>
internal static class Fields
{
    public static CategoricalField Category(string name, IEnumerable<string> values)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] ids = [.. values.Select(value => Id(known, value))];
        return new(name, ids, known.Count);
    }

    public static MultiCategoricalField Categories(string name, IEnumerable<IReadOnlyList<string>> rows)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var (offsets, ids) = (new List<int> { 0 }, new List<int>());
        foreach (var row in rows)
        {
            ids.AddRange(row.Select(value => Id(known, value)));
            offsets.Add(ids.Count);
        }
        return new(name, [.. offsets], [.. ids], known.Count);
    }

    private static int Id(Dictionary<string, int> known, string value)
    {
        if (!known.TryGetValue(value, out int id)) known[value] = id = known.Count;
        return id;
    }
}
