namespace AutoGraph.Datasets;

/// <summary>A row of a user or item table.</summary>
public interface IEntityRow
{
    /// <summary>The id that ratings refer to; never empty, distinct within the table.</summary>
    string Id { get; }
}
