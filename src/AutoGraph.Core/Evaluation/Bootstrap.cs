using AutoGraph.Core.Randomness;

namespace AutoGraph.Core.Evaluation;

/// <summary>Means of resamples drawn with replacement. Each resample has a random stream of its own, so threads change nothing.</summary>
internal static class Bootstrap
{
    /// <summary>[resamples] means of as many draws as there are values.</summary>
    internal static double[] Means(double[] values, int resamples, int seed)
    {
        var means = new double[resamples];
        Parallel.For(0, resamples, resample =>
        {
            var random = RandomStream.ForKey(seed, (ulong)resample);
            double sum = 0;
            for (int draw = 0; draw < values.Length; draw++) sum += values[random.NextInt(values.Length)];
            means[resample] = sum / values.Length;
        });
        return means;
    }
}
