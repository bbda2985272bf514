using System.Numerics.Tensors;

namespace AutoGraph.Semantics.Encoding;

/// <summary>A sparse matrix by rows. Products run in parallel over rows of the result, each in a fixed order: the same bits on any number of cores.</summary>
internal sealed class SparseRows(int columnCount, (int[] Columns, float[] Values)[] rows)
{
    public int RowCount => rows.Length;

    public int ColumnCount => columnCount;

    public SparseRows Transpose()
    {
        var counts = new int[columnCount];
        foreach (var (columns, _) in rows)
            foreach (var column in columns) counts[column]++;
        var result = Array.ConvertAll(counts, count => (Columns: new int[count], Values: new float[count]));
        for (var r = rows.Length - 1; r >= 0; r--)
            for (var i = 0; i < rows[r].Columns.Length; i++)
            {
                var column = rows[r].Columns[i];
                (result[column].Columns[--counts[column]], result[column].Values[counts[column]]) = (r, rows[r].Values[i]);
            }
        return new(rows.Length, result);
    }

    /// <summary>This [R, C] times a dense matrix [C, L] whose rows lie one after the other.</summary>
    public double[] Multiply(double[] dense, int width)
    {
        var result = new double[rows.Length * width];
        Parallel.For(0, rows.Length, r =>
        {
            var (columns, values) = rows[r];
            var target = result.AsSpan(r * width, width);
            for (var i = 0; i < columns.Length; i++)
                TensorPrimitives.MultiplyAdd(dense.AsSpan(columns[i] * width, width), (double)values[i], target, target);
        });
        return result;
    }
}
