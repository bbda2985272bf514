using AutoGraph.Core.Validation;

namespace AutoGraph;

/// <summary>Which columns of Parquet files are loaded, and as what.</summary>
/// <remarks>Immutable by contract.</remarks>
public sealed record ParquetLoadOptions
{
    /// <summary>Names of the columns, in the order of the view; a column that cannot be loaded is left out so. Default null: all of the file.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>
    /// Number of values that every row has in a list column, by the column's name, at least 1: ML.NET's trainers need known sizes. Default null: what <c>SaveAsParquet</c> noted in
    /// the file; lists of which nothing is known have a variable size.
    /// </summary>
    public IReadOnlyDictionary<string, int>? VectorSizes { get; init; }

    /// <summary>Throws an <see cref="ArgumentException"/> that lists every invalid option.</summary>
    internal void Validate()
    {
        var problems = new Problems(nameof(ParquetLoadOptions))
            .Require(Columns is not { Count: 0 }, $"{nameof(Columns)}: expected at least one name, or null for all columns, found none");
        foreach (var twice in (Columns ?? []).GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            problems.Require(false, $"{nameof(Columns)}: expected each name once, found '{twice.Key}' {twice.Count()} times");
        foreach (var (name, size) in VectorSizes ?? new Dictionary<string, int>())
            problems.Range($"{nameof(VectorSizes)} of '{name}'", size, 1, Array.MaxLength);
        problems.Throw();
    }
}
