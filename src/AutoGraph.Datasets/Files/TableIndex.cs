using AutoGraph.Core.Interactions;

namespace AutoGraph.Datasets;

/// <summary>The ids that ratings may name.</summary>
internal static class TableIndex
{
    /// <summary>The ids of a table that was just read.</summary>
    /// <exception cref="InvalidDataException">An id occurs twice, or there is no row.</exception>
    public static EntityIndex Of<T>(string path, List<T> rows) where T : IEntityRow
    {
        if (rows.Count == 0) throw new InvalidDataException($"{path}: expected at least one row, found an empty file.");
        try
        {
            return new EntityIndex(rows.Select(row => row.Id));
        }
        catch (ArgumentException cause)
        {
            throw new InvalidDataException($"{path}: {cause.Message}", cause);
        }
    }

    /// <summary>The id of a position that a file of sequences names.</summary>
    public static string IdAt<T>(IReadOnlyList<T> rows, DelimitedFile file, int field, string what) where T : IEntityRow =>
        rows[(int)file.Whole(field, what, 0, rows.Count - 1)].Id;
}
