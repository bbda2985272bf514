namespace AutoGraph.Datasets;

/// <summary>A Last.fm listener; nothing but the id is known.</summary>
/// <param name="Id">User id; see <see cref="LastFm"/> for which.</param>
public sealed record LastFmUser(string Id) : IEntityRow;
