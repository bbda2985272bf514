using AutoGraph.Core.Validation;

namespace AutoGraph;

/// <summary>How a Parquet file is written.</summary>
/// <remarks>Immutable by contract.</remarks>
public sealed record ParquetFileOptions
{
    /// <summary>Rows of a row group, which is what memory holds at a time, 1 to 10,000,000. Default 65,536.</summary>
    public int RowGroupRows { get; init; } = 65_536;

    /// <summary>Stops the writing; the old file stays.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Throws an <see cref="ArgumentException"/> that lists every invalid option.</summary>
    internal void Validate() => new Problems(nameof(ParquetFileOptions)).Range(nameof(RowGroupRows), RowGroupRows, 1, 10_000_000).Throw();
}
