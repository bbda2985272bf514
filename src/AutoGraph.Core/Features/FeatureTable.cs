namespace AutoGraph.Core.Features;

/// <summary>The features of all users (or items), row by entity position. The entity's own id is not among them: models add it.</summary>
/// <remarks>Immutable by contract; safe for concurrent use.</remarks>
public sealed class FeatureTable
{
    /// <summary>Creates a table.</summary>
    /// <exception cref="ArgumentException">A field has another number of rows or values that its contract excludes, or two fields share a name.</exception>
    public FeatureTable(int rowCount, IReadOnlyList<FeatureField> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in fields)
        {
            field.Check();
            if (field.RowCount != rowCount)
                throw new ArgumentException($"Expected {rowCount} rows in feature '{field.Name}', found {field.RowCount}.", nameof(fields));
            if (!names.Add(field.Name))
                throw new ArgumentException($"Expected distinct feature names, found '{field.Name}' twice.", nameof(fields));
        }
        (RowCount, Fields) = (rowCount, fields);
    }

    /// <summary>Number of entities.</summary>
    public int RowCount { get; }

    /// <summary>The fields, in model order.</summary>
    public IReadOnlyList<FeatureField> Fields { get; }
}
