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
