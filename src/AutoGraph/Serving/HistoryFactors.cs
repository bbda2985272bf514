namespace AutoGraph;

/// <summary>The factors of a history: which of its items share a code of a level with an item.</summary>
internal sealed class HistoryFactors
{
    private readonly EngineSnapshot.ItemTables _items;
    private readonly IReadOnlyDictionary<(int Level, int Code), string> _names;
    private readonly Dictionary<int, List<int>>[] _sharing;     // by level and code, positions of items, latest first, each once

    /// <param name="items">Tables of the items.</param>
    /// <param name="levels">Levels that are factors.</param>
    /// <param name="history">Positions, oldest first.</param>
    /// <param name="names">Names of factors that have one.</param>
    internal HistoryFactors(EngineSnapshot.ItemTables items, int levels, ReadOnlySpan<int> history, IReadOnlyDictionary<(int Level, int Code), string> names)
    {
        (_items, _names, _sharing) = (items, names, new Dictionary<int, List<int>>[levels]);
        for (int level = 0; level < levels; level++) _sharing[level] = [];
        var seen = new HashSet<int>();
        for (int at = history.Length - 1; at >= 0 && levels > 0; at--)
        {
            int item = history[at];
            if (!seen.Add(item)) continue;
            var codes = items.Codes[item];
            for (int level = 0; level < levels; level++)
            {
                if (!_sharing[level].TryGetValue(codes[level], out var sharing)) _sharing[level].Add(codes[level], sharing = []);
                sharing.Add(item);
            }
        }
    }

    /// <summary>Factors that an item shares with others of the history, those of most items first.</summary>
    /// <param name="item">Its position, or -1 where it is not in the tables.</param>
    /// <param name="codes">Its codes.</param>
    internal SharedFactor[] For(int item, ReadOnlySpan<int> codes)
    {
        var reasons = new List<SharedFactor>();
        for (int level = 0; level < _sharing.Length; level++)
        {
            int code = codes[level];
            if (!_sharing[level].TryGetValue(code, out var sharing)) continue;
            string[] ids = [.. sharing.Where(other => other != item).Select(other => _items.Ids[other])];
            if (ids.Length > 0) reasons.Add(new SharedFactor(level, code, ids) { Name = _names.GetValueOrDefault((level, code)) });
        }
        return [.. reasons.OrderByDescending(reason => reason.HistoryItems.Count).ThenBy(reason => reason.Level)];
    }
}
