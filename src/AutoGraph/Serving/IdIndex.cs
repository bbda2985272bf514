using System.Collections.Immutable;
using AutoGraph.Core.Interactions;
using AutoGraph.Core.Snapshots;

namespace AutoGraph;

/// <summary>Ids of a fit and those that joined; their positions follow each other.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed class IdIndex
{
    private readonly EntityIndex _fitted;
    private readonly SharedRows<string> _joined;
    private readonly ImmutableDictionary<string, int> _positions;

    internal IdIndex(EntityIndex fitted) : this(fitted, SharedRows<string>.Empty(1), ImmutableDictionary.Create<string, int>(StringComparer.Ordinal)) { }

    private IdIndex(EntityIndex fitted, SharedRows<string> joined, ImmutableDictionary<string, int> positions) => (_fitted, _joined, _positions) = (fitted, joined, positions);

    /// <summary>Number of ids.</summary>
    internal int Count => _fitted.Count + _joined.Count;

    /// <summary>Number of ids of the fit: they come first.</summary>
    internal int FittedCount => _fitted.Count;

    internal string this[int position] => position < _fitted.Count ? _fitted[position] : _joined[position - _fitted.Count][0];

    /// <summary>The position of an id, or -1.</summary>
    internal int PositionOf(string id) => _fitted.TryGetPosition(id, out int position) || _positions.TryGetValue(id, out position) ? position : -1;

    internal IdIndex Append(string id) => new(_fitted, _joined.Append([id]), _positions.Add(id, Count));
}
