using System.Numerics.Tensors;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace AutoGraph.Semantics.Encoding;

/// <summary>The largest singular values of a sparse matrix and their right singular vectors.</summary>
/// <remarks>
/// N. Halko, P. G. Martinsson, J. A. Tropp: Finding structure with randomness, SIAM Review 53 (2011), algorithms 4.4 and 5.1, applied to Xᵀ:
/// Q = orth(Xᵀ Ω), repeated Q = orth(Xᵀ (X Q)); X Q = U S Wᵀ, V = Q W.
/// </remarks>
internal static class RandomizedSvd
{
    // Below this part of the largest, a singular value is rounding of zero (weights are single precision).
    private const double RankTolerance = 1e-6;

    // What is left of a column below this part of it is rounding.
    private const double SpanTolerance = 1e-12;

    /// <summary>Singular values, largest first, and V [C, k]; k is at most <paramref name="rank"/> and the rank of the matrix.</summary>
    public static (double[] Values, Matrix<double> Vectors) Right(
        SparseRows matrix, int rank, int oversampling, int powerIterations, int seed, CancellationToken cancellationToken)
    {
        int n = matrix.RowCount, c = matrix.ColumnCount;
        var width = Math.Min(rank + oversampling, Math.Min(n, c)); // L; as wide as the matrix, the result is exact
        var transposed = matrix.Transpose();
        var start = new double[n * width];
        Normal.Samples(new MathNet.Numerics.Random.Xoshiro256StarStar(seed), start, 0, 1);
        var basis = Orthonormal(transposed.Multiply(start, width), c, width, cancellationToken);   // Q [C, L]
        for (var i = 0; i < powerIterations; i++)
            basis = Orthonormal(transposed.Multiply(matrix.Multiply(basis, width), width), c, width, cancellationToken);

        var image = matrix.Multiply(basis, width);                                                 // X Q [N, L]
        var svd = Triangle(image, n, width, cancellationToken).Svd(computeVectors: true);          // its W is that of X Q
        var kept = svd.S.Take(rank).TakeWhile(s => s > RankTolerance * svd.S[0]).Count();
        var vectors = Rows(basis, c, width) * svd.VT.Transpose().SubMatrix(0, width, 0, kept);     // V = Q W [C, k]
        for (var k = 0; k < kept; k++) FixSign(vectors, k);
        return ([.. svd.S.Take(kept)], vectors);
    }

    private static double[] Orthonormal(double[] rows, int count, int width, CancellationToken cancellationToken)
    {
        var columns = Columns(rows, count, width);
        Orthonormalize(columns, cancellationToken);
        var result = new double[rows.Length];
        for (var w = 0; w < width; w++)
            for (var r = 0; r < count; r++) result[r * width + w] = columns[w][r];
        return result;
    }

    /// <summary>R [L, L] of B = Q_B R: it has the singular values and right singular vectors of B [N, L].</summary>
    private static Matrix<double> Triangle(double[] rows, int count, int width, CancellationToken cancellationToken)
    {
        var (columns, basis) = (Columns(rows, count, width), Columns(rows, count, width));
        Orthonormalize(basis, cancellationToken);
        return DenseMatrix.Create(width, width, (i, j) => i <= j ? TensorPrimitives.Dot<double>(basis[i], columns[j]) : 0);
    }

    // Gram–Schmidt, each column twice ("twice is enough"): several times faster on tall matrices than MathNet's Householder
    // reflections. A column that the ones before it span becomes zero, which adds a singular value of zero and nothing else.
    private static void Orthonormalize(double[][] columns, CancellationToken cancellationToken)
    {
        var shares = new double[columns.Length];
        for (var j = 0; j < columns.Length; j++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var column = columns[j];
            var before = TensorPrimitives.Norm<double>(column);
            for (var pass = 0; pass < 2; pass++)
            {
                Parallel.For(0, j, i => shares[i] = -TensorPrimitives.Dot<double>(columns[i], column));
                for (var i = 0; i < j; i++) TensorPrimitives.MultiplyAdd(columns[i], shares[i], column, column);
            }
            var norm = TensorPrimitives.Norm<double>(column);
            if (norm <= SpanTolerance * before) column.AsSpan().Clear();
            else TensorPrimitives.Divide(column, norm, column);
        }
    }

    private static double[][] Columns(double[] rows, int count, int width)
    {
        var columns = new double[width][];
        for (var w = 0; w < width; w++)
        {
            columns[w] = new double[count];
            for (var r = 0; r < count; r++) columns[w][r] = rows[r * width + w];
        }
        return columns;
    }

    private static DenseMatrix Rows(double[] rows, int count, int width)
    {
        var matrix = new DenseMatrix(count, width); // stored by columns
        for (var r = 0; r < count; r++)
            for (var w = 0; w < width; w++)
                matrix.Values[w * count + r] = rows[r * width + w];
        return matrix;
    }

    // The sign of a singular vector is arbitrary: make its largest component positive.
    private static void FixSign(Matrix<double> vectors, int column)
    {
        var values = vectors.Column(column);
        if (values[values.AbsoluteMaximumIndex()] < 0) vectors.SetColumn(column, values.Negate());
    }
}
