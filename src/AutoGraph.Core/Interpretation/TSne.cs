using AutoGraph.Core.Randomness;

namespace AutoGraph.Core.Interpretation;

/// <summary>
/// Exact t-SNE in the plane (van der Maaten and Hinton 2008): descent on KL(P ‖ Q), q_ij ∝ 1 / (1 + ‖y_i − y_j‖²), with momentum,
/// a gain per coordinate, and early exaggeration of P. Each row's forces are summed by one thread: the same bits on any number of them.
/// </summary>
internal static class TSne
{
    /// <summary>More rows would need more than 400 MB and minutes.</summary>
    public const int MostRows = 5000;

    private const int LongestExaggeration = 250;
    private const double FirstScale = 1e-4, LeastGain = 0.01;

    /// <param name="rows">[N, D].</param>
    /// <param name="count">N, 2 to <see cref="MostRows"/>.</param>
    /// <param name="width">D.</param>
    /// <param name="options">Validated settings.</param>
    /// <returns>[N, 2], centred.</returns>
    public static double[] Map(float[] rows, int count, int width, TSneOptions options)
    {
        var affinities = TSneAffinities.Joint(rows, count, width, Math.Min(options.Perplexity, Math.Max(1, (count - 1) / 3.0)), options.CancellationToken);
        double rate = options.LearningRate ?? Math.Max(count / (4 * options.EarlyExaggeration), 50);
        int exaggerated = Math.Min(LongestExaggeration, options.Iterations / 4);
        var places = FirstPlaces(count, options.Seed);
        var (gradient, step, gain) = (new double[2 * count], new double[2 * count], new double[2 * count]);
        Array.Fill(gain, 1);
        for (int iteration = 0; iteration < options.Iterations; iteration++)
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            bool early = iteration < exaggerated;
            Gradient(affinities, places, early ? options.EarlyExaggeration : 1, gradient);
            double momentum = early ? 0.5 : 0.8;
            for (int i = 0; i < places.Length; i++)
            {
                gain[i] = Math.Max(LeastGain, gradient[i] > 0 != step[i] > 0 ? gain[i] + 0.2 : gain[i] * 0.8);
                step[i] = momentum * step[i] - rate * gain[i] * gradient[i];
                places[i] += step[i];
            }
            Centre(places);
            options.Progress?.Report(iteration + 1);
        }
        return places;
    }

    /// <summary>∂KL/∂y_i = 4 Σ_j (e·p_ij − q_ij) (y_i − y_j) / (1 + ‖y_i − y_j‖²) with the exaggeration e (Eq. 5).</summary>
    internal static void Gradient(double[] affinities, double[] places, double exaggeration, double[] gradient)
    {
        int count = places.Length / 2;
        var (repelled, sums) = (new double[2 * count], new double[count]);
        Parallel.For(0, count, i =>
        {
            double x = places[2 * i], y = places[2 * i + 1], sum = 0, pullX = 0, pullY = 0, pushX = 0, pushY = 0;
            for (int j = 0; j < count; j++)
            {
                double dx = x - places[2 * j], dy = y - places[2 * j + 1];
                double near = 1 / (1 + dx * dx + dy * dy), pull = affinities[i * count + j] * near, push = near * near;
                sum += near;
                pullX += pull * dx;
                pullY += pull * dy;
                pushX += push * dx;
                pushY += push * dy;
            }
            sums[i] = sum - 1;          // without the row itself
            (gradient[2 * i], gradient[2 * i + 1], repelled[2 * i], repelled[2 * i + 1]) = (pullX, pullY, pushX, pushY);
        });
        double all = sums.Sum();
        for (int i = 0; i < gradient.Length; i++) gradient[i] = 4 * (exaggeration * gradient[i] - repelled[i] / all);
    }

    /// <summary>Gaussian with standard deviation 1e-4, by Box and Muller.</summary>
    private static double[] FirstPlaces(int count, int seed)
    {
        var random = RandomStream.For(seed, "t-SNE");
        var places = new double[2 * count];
        for (int i = 0; i < count; i++)
        {
            double radius = FirstScale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            var (sin, cos) = Math.SinCos(2 * Math.PI * random.NextDouble());
            (places[2 * i], places[2 * i + 1]) = (radius * cos, radius * sin);
        }
        return places;
    }

    private static void Centre(double[] places)
    {
        double x = 0, y = 0;
        for (int i = 0; i < places.Length; i += 2) (x, y) = (x + places[i], y + places[i + 1]);
        (x, y) = (2 * x / places.Length, 2 * y / places.Length);
        for (int i = 0; i < places.Length; i += 2) (places[i], places[i + 1]) = (places[i] - x, places[i + 1] - y);
    }
}
