namespace AutoGraph.Core.Interpretation;

/// <summary>Who is near to whom among the rows (van der Maaten and Hinton 2008, Eq. 1 and §3.1).</summary>
internal static class TSneAffinities
{
    private const int MostSteps = 100;
    private const double Tolerance = 1e-7;

    /// <summary>P: p_ij = (p_j|i + p_i|j) / 2N, with p_j|i ∝ exp(−β_i ‖x_i − x_j‖²) and β_i such that their perplexity is the one asked for.</summary>
    /// <returns>[N, N], symmetric, zero on the diagonal, sum 1.</returns>
    public static double[] Joint(float[] rows, int count, int width, double perplexity, CancellationToken cancellationToken)
    {
        var conditional = new double[count * count];
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellationToken }, i => Conditional(rows, width, i, conditional.AsSpan(i * count, count), Math.Log(perplexity)));
        for (int i = 0; i < count; i++)
            for (int j = 0; j < i; j++)
                conditional[i * count + j] = conditional[j * count + i] = (conditional[i * count + j] + conditional[j * count + i]) / (2 * count);
        return conditional;
    }

    /// <summary>Finds β by bisection: the entropy falls as β grows.</summary>
    private static void Conditional(float[] rows, int width, int own, Span<double> shares, double entropy)
    {
        var squares = new double[shares.Length];
        double nearest = double.PositiveInfinity, sum = 0;
        for (int j = 0; j < squares.Length; j++)
        {
            for (int d = 0; d < width; d++)
            {
                double difference = (double)rows[own * width + d] - rows[j * width + d];
                squares[j] += difference * difference;
            }
            if (j != own) (nearest, sum) = (Math.Min(nearest, squares[j]), sum + squares[j]);
        }
        double low = 0, high = double.PositiveInfinity, beta = sum > 0 ? squares.Length / sum : 1;
        for (int step = 0; step < MostSteps; step++)
        {
            double excess = Entropy(squares, own, nearest, beta, shares) - entropy;
            if (Math.Abs(excess) < Tolerance) break;
            if (excess > 0) (low, beta) = (beta, double.IsPositiveInfinity(high) ? beta * 2 : (beta + high) / 2);
            else (high, beta) = (beta, (low + beta) / 2);
        }
    }

    /// <summary>Fills the shares of one row for a β, and gives their entropy in nats. Distances count from the nearest one, which leaves shares as they are and keeps exp away from 0.</summary>
    private static double Entropy(double[] squares, int own, double nearest, double beta, Span<double> shares)
    {
        double total = 0, mean = 0;
        for (int j = 0; j < squares.Length; j++)
        {
            shares[j] = j == own ? 0 : Math.Exp(-beta * (squares[j] - nearest));
            total += shares[j];
            mean += shares[j] * (squares[j] - nearest);
        }
        for (int j = 0; j < squares.Length; j++) shares[j] /= total;
        return Math.Log(total) + beta * mean / total;
    }
}
