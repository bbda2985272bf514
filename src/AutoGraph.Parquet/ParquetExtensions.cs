using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Parquet files beside ML.NET's own savers and loaders.</summary>
public static class ParquetExtensions
{
    /// <summary>Saves a view as an Apache Parquet file: under a temporary name first, flushed and moved, one row group in memory at a time.</summary>
    /// <param name="catalog"><c>mlContext.Data</c>.</param>
    /// <param name="data">
    /// The rows. Text, truth values, numbers and times become columns of their own kind, vectors of them (but times) lists; hidden columns are left out. Nothing is null:
    /// missing numbers are NaN and missing texts empty, as in the view. Known vector sizes that every row keeps are noted in the file's key-value metadata
    /// (<c>AutoGraph.VectorSizes</c>, a JSON object of sizes by column), for <see cref="LoadFromParquet"/>.
    /// </param>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="options">Row groups, cancellation; null for the defaults.</param>
    /// <returns>Number of rows written.</returns>
    /// <exception cref="ArgumentException">A column has a type that a file cannot hold, or an option is out of range; nothing was written.</exception>
    /// <exception cref="OperationCanceledException">The token of the options was cancelled; the old file stays.</exception>
    public static long SaveAsParquet(this DataOperationsCatalog catalog, IDataView data, string path, ParquetFileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        (options ??= new()).Validate();
        return ParquetSaver.Save(data, path, options);
    }

    /// <summary>
    /// Opens a Parquet file, or a folder of them, as a view: of what <see cref="SaveAsParquet"/> or another tool wrote. Only the files' metadata is read now; cursors read one row group
    /// at a time, and of it only the columns that are asked for.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Texts (also byte arrays that hold UTF-8), truth values, integers, floating-point numbers, dates and timestamps become columns of their own kind (half precision: float), lists of
    /// texts, truth values and numbers vectors. A missing number is NaN and a missing text empty where the kind has it (float, double, text); a missing list is an empty vector.
    /// Times are in UTC where the file says so, else of unspecified kind.
    /// </para>
    /// <para>
    /// Rows stand in the order of the files and cannot be shuffled by the view (<c>mlContext.Data.ShuffleRows</c> does). Cursors are independent of each other: each has files of its own
    /// open, and closes them when it is disposed or at its end. The files must stay as they are while views of them live. The view is safe for use by several threads, a cursor is not.
    /// Messages count rows of a file from 0.
    /// </para>
    /// <para>
    /// Damage that breaks the structure of a file is found and named. The format keeps no checksums of the values unless its writer adds some, and none are checked: a changed bit within
    /// a value can pass unnoticed.
    /// </para>
    /// </remarks>
    /// <param name="catalog"><c>mlContext.Data</c>.</param>
    /// <param name="path">A file, or a folder: then its files <c>*.parquet</c> (not those of folders within) in the ordinal order of their names. The first one's schema counts.</param>
    /// <param name="options">Columns and vector sizes; null for the defaults.</param>
    /// <returns>The rows of all files.</returns>
    /// <exception cref="ArgumentException">
    /// An option is invalid, names a column that the file does not have or contradicts the file; or a column (map, struct, decimal, nested list and the like) cannot be loaded and is not left
    /// out by <see cref="ParquetLoadOptions.Columns"/>.
    /// </exception>
    /// <exception cref="FileNotFoundException">There is no such file or folder, or no file in it.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is damaged, cut off, or not Parquet; its schema differs from the first one's. While rows are read: the same, a missing value where the kind has none (truth values,
    /// integers, times), a vector of another size than expected, an encoding that Parquet.Net lacks or misreads (lists in data pages of version 2, RLE truth values, DELTA_BYTE_ARRAY).
    /// </exception>
    public static IDataView LoadFromParquet(this DataOperationsCatalog catalog, string path, ParquetLoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(path);
        (options ??= new()).Validate();
        return ParquetLoader.Load(path, options);
    }
}
