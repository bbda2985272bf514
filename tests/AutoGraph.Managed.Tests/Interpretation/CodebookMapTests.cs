using AutoGraph.Core.Interpretation;
using Xunit;

namespace AutoGraph.Managed.Tests.Interpretation;

public sealed class CodebookMapTests
{
    private static readonly TSneOptions Quick = new() { Iterations = 300, Seed = 1 };

    [Fact]
    public void ByPrincipalComponents_PointsAroundALine_GivesTheirPlacesAlongAndBesideIt()
    {
        // along (3, 4)/5 at −2, 0, 2 and beside it at ±1: mean 0
        float[] one = [-1.2f, -1.6f, 1.2f, 1.6f], two = [0.8f, -0.6f, -0.8f, 0.6f];
        var points = CodebookMap.ByPrincipalComponents([one, two], 2);
        Assert.Equal([(0, 0), (0, 1), (1, 0), (1, 1)], points.Select(point => (point.Level, point.Code)));
        Assert.Equal([-2, 2, 0, 0], points.Select(point => Math.Round(point.X, 6)));
        Assert.Equal([0, 0, 1, -1], points.Select(point => Math.Round(point.Y, 6)));      // the second direction is (4, −3)/5: its largest weight is positive
    }

    [Fact]
    public void ByPrincipalComponents_OneDimension_HasNoHeight() =>
        Assert.Equal([(-1.0, 0.0), (1.0, 0.0)], CodebookMap.ByPrincipalComponents([[4, 6]], 1).Select(point => (point.X, point.Y)));

    [Fact]
    public void Gradient_RandomRows_IsThatOfTheDivergence()
    {
        var random = new Random(2);
        float[] rows = [.. Enumerable.Range(0, 12 * 3).Select(_ => random.NextSingle())];
        double[] p = TSneAffinities.Joint(rows, 12, 3, 3, TestContext.Current.CancellationToken), places = [.. Enumerable.Range(0, 24).Select(_ => random.NextDouble())];
        foreach (double exaggeration in new[] { 1.0, 4.0 })
        {
            var gradient = new double[24];
            TSne.Gradient(p, places, exaggeration, gradient);
            for (int i = 0; i < 24; i++) Assert.Equal((Divergence(places, i, 1e-5) - Divergence(places, i, -1e-5)) / 2e-5, gradient[i], 1e-6);

            // Σ e·p ln(1/q) + (1 − e) ln Z: what exaggerated affinities descend on; for e = 1 the divergence without its constant
            double Divergence(double[] at, int moved, double by)
            {
                double[] y = [.. at];
                y[moved] += by;
                double cost = 0, z = 0;
                for (int a = 0; a < 12; a++)
                    for (int b = 0; b < 12; b++)
                    {
                        if (a == b) continue;
                        double near = 1 / (1 + Math.Pow(y[2 * a] - y[2 * b], 2) + Math.Pow(y[2 * a + 1] - y[2 * b + 1], 2));
                        z += near;
                        cost -= exaggeration * p[a * 12 + b] * Math.Log(near);
                    }
                return cost + Math.Log(z);
            }
        }
    }

    [Theory, InlineData(2), InlineData(5), InlineData(15)]
    public void Joint_RowsOnACircle_HaveThePerplexityAskedFor(double perplexity)
    {
        const int Count = 40;
        float[] rows = [.. Enumerable.Range(0, Count).SelectMany(i => new[] { MathF.Cos(2 * MathF.PI * i / Count), MathF.Sin(2 * MathF.PI * i / Count) })];
        double[] p = TSneAffinities.Joint(rows, Count, 2, perplexity, TestContext.Current.CancellationToken);
        Assert.Equal(1, p.Sum(), 1e-12);
        for (int i = 0; i < Count; i++)
        {
            double[] own = [.. p[(i * Count)..((i + 1) * Count)].Select(share => share * Count)];       // all rows see the same: p_ij = p_j|i / N
            Assert.Equal(0, own[i]);
            Assert.Equal(perplexity, Math.Exp(-own.Where(share => share > 0).Sum(share => share * Math.Log(share))), 1e-3);
            for (int j = 0; j < Count; j++) Assert.Equal(p[i * Count + j], p[j * Count + i]);
        }
    }

    [Theory, InlineData(1e-3f), InlineData(1e3f)]
    public void Joint_RowsOfAnotherScale_SameAffinities(float scale)
    {
        var random = new Random(6);
        float[] rows = [.. Enumerable.Range(0, 30 * 4).Select(_ => random.NextSingle())];
        double[] expected = TSneAffinities.Joint(rows, 30, 4, 5, TestContext.Current.CancellationToken);
        double[] actual = TSneAffinities.Joint(Array.ConvertAll(rows, value => scale * value), 30, 4, 5, TestContext.Current.CancellationToken);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-6);
    }

    [Fact]
    public void ByTSne_FarGroups_StayTogetherAndTheSameSeedGivesTheSameBits()
    {
        var random = new Random(3);
        float[] book = [.. Enumerable.Range(0, 60 * 5).Select(i => (i / 5 % 3 == i % 5 ? 20 : 0) + random.NextSingle())];      // code k belongs to group k mod 3
        var points = CodebookMap.ByTSne([book], 5, Quick);
        Assert.Equal(points, CodebookMap.ByTSne([book], 5, Quick));
        Assert.NotEqual(points, CodebookMap.ByTSne([book], 5, Quick with { Seed = 2 }));
        foreach (var point in points)
            Assert.All(points.Where(other => other != point).OrderBy(other => Math.Pow(other.X - point.X, 2) + Math.Pow(other.Y - point.Y, 2)).Take(10), near => Assert.Equal(point.Code % 3, near.Code % 3));
        Assert.Equal(0, points.Average(point => point.X), 1e-9);
    }

    /// <summary>Perplexity, first places, exaggeration, momentum and gains as van der Maaten's tsne.m and Belkina et al. have them, over dense matrices.</summary>
    [Theory]
    [InlineData(9, null)]       // a rate of 50: 9 / 48 is less
    [InlineData(9, 3.0)]
    [InlineData(2, null)]
    public void ByTSne_FewCodes_FollowsAnotherImplementation(int count, double? rate)
    {
        var random = new Random(4);
        float[] book = [.. Enumerable.Range(0, 3 * count).Select(_ => random.NextSingle())];
        var options = new TSneOptions { Iterations = 50, EarlyExaggeration = 2, LearningRate = rate, Seed = 5 };
        double[,] y = Descent(TSneAffinities.Joint(book, count, 3, Math.Max(1, (count - 1) / 3.0), TestContext.Current.CancellationToken), FirstPlaces(count, 5), 50, 12, 2, rate ?? 50);
        var points = CodebookMap.ByTSne([book], 3, options);
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(y[i, 0], points[i].X, 1e-6 * (1 + Math.Abs(y[i, 0])));
            Assert.Equal(y[i, 1], points[i].Y, 1e-6 * (1 + Math.Abs(y[i, 1])));
        }
    }

    private static double[,] FirstPlaces(int count, int seed)
    {
        var random = Core.Randomness.RandomStream.For(seed, "t-SNE");
        var y = new double[count, 2];
        for (int i = 0; i < count; i++)
        {
            double radius = 1e-4 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())), angle = 2 * Math.PI * random.NextDouble();
            (y[i, 0], y[i, 1]) = (radius * Math.Cos(angle), radius * Math.Sin(angle));
        }
        return y;
    }

    private static double[,] Descent(double[] p, double[,] y, int iterations, int early, double exaggeration, double rate)
    {
        int n = y.GetLength(0);
        var (step, gain) = (new double[n, 2], new double[n, 2]);
        for (int i = 0; i < n; i++) gain[i, 0] = gain[i, 1] = 1;
        for (int t = 0; t < iterations; t++)
        {
            var near = new double[n, n];
            double z = 0;
            for (int i = 0; i < n; i++)
                for (int j = 0; j < n; j++)
                    if (i != j) z += near[i, j] = 1 / (1 + Math.Pow(y[i, 0] - y[j, 0], 2) + Math.Pow(y[i, 1] - y[j, 1], 2));
            var next = (double[,])y.Clone();
            for (int i = 0; i < n; i++)
                for (int d = 0; d < 2; d++)
                {
                    double force = 0;
                    for (int j = 0; j < n; j++) force += 4 * ((t < early ? exaggeration : 1) * p[i * n + j] - near[i, j] / z) * near[i, j] * (y[i, d] - y[j, d]);
                    bool turned = force > 0 != step[i, d] > 0;
                    gain[i, d] = Math.Max(.01, turned ? gain[i, d] + .2 : gain[i, d] * .8);
                    step[i, d] = (t < early ? .5 : .8) * step[i, d] - rate * gain[i, d] * force;
                    next[i, d] += step[i, d];
                }
            for (int d = 0; d < 2; d++)
            {
                double mean = Enumerable.Range(0, n).Average(i => next[i, d]);
                for (int i = 0; i < n; i++) next[i, d] -= mean;
            }
            y = next;
        }
        return y;
    }

    [Fact]
    public void ByTSne_EqualOrTwoCodes_GivesFinitePlaces() =>
        Assert.All(new[] { CodebookMap.ByTSne([new float[20]], 2, Quick), CodebookMap.ByTSne([[1, 2], [3, 4]], 2, Quick) }.SelectMany(map => map), point => Assert.True(double.IsFinite(point.X + point.Y)));

    [Fact]
    public void ByTSne_Cancelled_StopsAndTellsHowFarItCame()
    {
        using var source = new CancellationTokenSource();
        var told = new List<int>();
        Assert.Throws<OperationCanceledException>(() => CodebookMap.ByTSne([new float[40]], 2, Quick with { CancellationToken = source.Token, Progress = new Sink(done => { told.Add(done); if (done == 3) source.Cancel(); }) }));
        Assert.Equal([1, 2, 3], told);
    }

    [Fact]
    public void Maps_BadInput_SaysWhatWasFound()
    {
        Assert.Contains("levels of 3 values", Assert.Throws<ArgumentException>(() => CodebookMap.ByPrincipalComponents([[1, 2, 3]], 2)).Message, StringComparison.Ordinal);
        Assert.Contains("levels of 2 values", Assert.Throws<ArgumentException>(() => CodebookMap.ByPrincipalComponents([[1, 2]], 2)).Message, StringComparison.Ordinal);
        Assert.Contains("levels of 4, 3, 1 values", Assert.Throws<ArgumentException>(() => CodebookMap.ByPrincipalComponents([[1, 2, 3, 4], [1, 2, 3], [4]], 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => CodebookMap.ByPrincipalComponents([[1, 2]], 0));
        Assert.Contains("not finite", Assert.Throws<ArgumentException>(() => CodebookMap.ByPrincipalComponents([[1, float.NaN, 3, 4]], 2)).Message, StringComparison.Ordinal);
        Assert.Contains("found 5001", Assert.Throws<ArgumentException>(() => CodebookMap.ByTSne([new float[5001]], 1)).Message, StringComparison.Ordinal);
        string all = Assert.Throws<ArgumentException>(() => CodebookMap.ByTSne([[1, 2]], 1, new() { Perplexity = 1, Iterations = 1, EarlyExaggeration = 0, LearningRate = 0 })).Message;
        foreach (string name in new[] { "Perplexity", "Iterations", "EarlyExaggeration", "LearningRate" }) Assert.Contains(name + ":", all, StringComparison.Ordinal);
    }

    private sealed class Sink(Action<int> receive) : IProgress<int>
    {
        public void Report(int value) => receive(value);
    }
}
