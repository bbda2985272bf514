using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>All vectors of a column, row by row.</summary>
/// <param name="Values">[Count, Width] finite values.</param>
/// <param name="Width">Values per row.</param>
internal sealed record VectorTable(float[] Values, int Width)
{
    internal int Count => Values.Length / Width;

    /// <summary>Reads a column of <see cref="ColumnKind.Vector"/>.</summary>
    /// <exception cref="ArgumentException">The table is empty, or a vector is empty, of another width than the first, or not finite; the message names the row.</exception>
    internal static VectorTable Read(IDataView view, string name) => Read(view, name, ColumnKind.Vector);

    /// <summary>Reads a column of <see cref="ColumnKind.Numeric"/>.</summary>
    /// <inheritdoc cref="Read(IDataView, string)" path="/exception"/>
    internal static VectorTable ReadNumeric(IDataView view, string name) => Read(view, name, ColumnKind.Numeric);

    private static VectorTable Read(IDataView view, string name, ColumnKind kind)
    {
        var column = kind.Require(view.Schema, name, "the vectors");
        var (values, width, row) = (new List<float>(), 0, 0);
        using var cursor = view.GetRowCursor([column]);
        for (var read = ColumnReader.Numeric(cursor, column); cursor.MoveNext(); row++)
        {
            var vector = read().Span;
            if (row == 0) width = vector.Length;
            Check(vector, width, name, row);
            values.AddRange(vector);
        }
        if (row == 0) throw new ArgumentException($"Expected vectors in column '{name}', found an empty table. Check the file and the filters before this step.");
        return new VectorTable([.. CollectionsMarshal.AsSpan(values)], width);
    }

    internal static void Check(ReadOnlySpan<float> vector, int width, string column, long row)
    {
        if (vector.Length == 0)
            throw new ArgumentException($"Expected a vector in every row of column '{column}', found none in row {row}. Remove the row or give it a vector (MapValue leaves none for an unknown key).");
        if (vector.Length != width)
            throw new ArgumentException($"Expected vectors of {width} values in column '{column}', found {vector.Length} in row {row}. One encoder must have made all of them.");
        int bad = 0;
        while (bad < vector.Length && float.IsFinite(vector[bad])) bad++;
        if (bad < vector.Length)
            throw new ArgumentException($"Expected finite values in column '{column}', found {vector[bad]} in row {row}, slot {bad}. Remove the row or replace the value.");
    }
}
