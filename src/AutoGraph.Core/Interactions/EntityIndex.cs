using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace AutoGraph.Core.Interactions;

/// <summary>The ids of users (or items) and their dense positions 0..Count-1, in the order first given.</summary>
/// <remarks>Immutable and safe for concurrent use.</remarks>
public sealed class EntityIndex
{
    private readonly string[] _ids;
    private readonly FrozenDictionary<string, int> _positions;

    /// <summary>Creates an index over distinct ids.</summary>
    /// <param name="ids">The ids; their order becomes the positions.</param>
    /// <exception cref="ArgumentException">An id is empty, has half a surrogate pair or occurs twice; the message names it and its rows.</exception>
    public EntityIndex(IEnumerable<string> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        _ids = [.. ids];
        var positions = new Dictionary<string, int>(_ids.Length, StringComparer.Ordinal);
        for (int i = 0; i < _ids.Length; i++)
        {
            if (string.IsNullOrEmpty(_ids[i]))
                throw new ArgumentException($"Expected an id in every row, found none in row {i}. Remove the row or give it an id.", nameof(ids));
            if (!IdText.IsWellFormed(_ids[i]))
                throw new ArgumentException($"Expected ids of whole characters, found half a surrogate pair in '{_ids[i]}' in row {i}: no file could hold it. Cut texts between characters.", nameof(ids));
            if (!positions.TryAdd(_ids[i], i))
                throw new ArgumentException($"Expected distinct ids, found '{_ids[i]}' in rows {positions[_ids[i]]} and {i}. Keep one row per id.", nameof(ids));
        }
        _positions = positions.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Number of ids.</summary>
    public int Count => _ids.Length;

    /// <summary>The id at a position.</summary>
    public string this[int position] => _ids[position];

    /// <summary>All ids by position.</summary>
    public IReadOnlyList<string> Ids => _ids;

    /// <summary>Looks an id up.</summary>
    /// <returns>Whether the id is known; if not, <paramref name="position"/> is -1.</returns>
    [SuppressMessage("Design", "CA1021:Avoid out parameters", Justification = "The TryGet pattern")]
    public bool TryGetPosition(string id, out int position)
    {
        if (_positions.TryGetValue(id, out position)) return true;
        position = -1;
        return false;
    }

    /// <summary>The position of an id, or -1 where it is unknown.</summary>
    public int PositionOf(string id) => _positions.GetValueOrDefault(id, -1);
}
