using MathNet.Numerics.LinearAlgebra;

namespace AutoGraph.Core.Interpretation;

/// <summary>Projection on the two directions of largest variance.</summary>
internal static class PrincipalComponents
{
    /// <param name="rows">[N, D].</param>
    /// <param name="count">N.</param>
    /// <param name="width">D.</param>
    /// <returns>[N, 2], centred; each direction points to where its largest weight is positive. The second column is 0 for D = 1.</returns>
    public static double[] Project(float[] rows, int count, int width)
    {
        var matrix = Matrix<double>.Build.Dense(count, width, (row, d) => rows[row * width + d]);
        var mean = matrix.ColumnSums() / count;
        var centred = Matrix<double>.Build.Dense(count, width, (row, d) => matrix[row, d] - mean[d]);
        var directions = centred.TransposeThisAndMultiply(centred).Evd(Symmetricity.Symmetric).EigenVectors;     // by ascending variance
        var places = new double[2 * count];
        for (int component = 0; component < Math.Min(2, width); component++)
        {
            var direction = directions.Column(width - 1 - component);
            double sign = Math.Sign(direction[direction.AbsoluteMaximumIndex()]);
            for (int row = 0; row < count; row++) places[2 * row + component] = sign * centred.Row(row).DotProduct(direction);
        }
        return places;
    }
}
