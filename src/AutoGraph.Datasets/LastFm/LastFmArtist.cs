namespace AutoGraph.Datasets;

/// <summary>A music artist.</summary>
/// <param name="Id">Artist id; see <see cref="LastFm"/> for which.</param>
/// <param name="Name">Name.</param>
/// <param name="Tags">
/// Distinct tags that listeners gave, the most frequent first, ties by tag number. Listeners tag what they listen to, so that tags tell of interactions
/// that a split may hold out: an experiment that must not leak leaves them aside.
/// </param>
public sealed record LastFmArtist(string Id, string Name, IReadOnlyList<string> Tags) : IEntityRow;
