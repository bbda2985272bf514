using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using AdamW = AutoGraph.Torch.Training.AdamW;

namespace AutoGraph.Torch.Tests.Training;

/// <summary>Which parameters decay, and by how much, with gradients of zero: a step then multiplies by 1 − η · decay and does nothing else.</summary>
[Collection(nameof(Sequential))]
public sealed class EmbeddingDecayTests
{
    private const double Rate = .1, Weights = .5, Tables = 2;

    [Theory]
    [InlineData(Tables, 1 - Rate * Tables)]
    [InlineData(0.0, 1)]
    [InlineData(null, 1 - Rate * Weights)]
    public void Step_GradientsOfZero_DecaysTablesByTheirOwn(double? embeddingDecay, double expectedOfTable)
    {
        using var scope = NewDisposeScope();
        using var outer = new Outer();
        using (var optimizer = new AdamW([outer], Rate, Weights, embeddingDecay))
        {
            foreach (var parameter in outer.parameters()) parameter.grad = zeros_like(parameter);
            optimizer.Step();
        }
        Assert.All(HostMemory.ToArray<float>(outer.inner.table), value => Assert.Equal(expectedOfTable, value, 6));
        Assert.All(HostMemory.ToArray<float>(outer.weight), value => Assert.Equal(1 - Rate * Weights, value, 6));
        Assert.All(HostMemory.ToArray<float>(outer.bias), value => Assert.Equal(1, value));
    }

    [Fact]
    public void Step_Sparse_LeavesRowsOfTablesWithoutAGradientAndTouchesAllElse()
    {
        using var scope = NewDisposeScope();
        using var outer = new Outer();
        using (var optimizer = new AdamW([outer], Rate, Weights, sparse: true))
        {
            foreach (var parameter in outer.parameters()) parameter.grad = zeros_like(parameter);
            outer.inner.table.grad = tensor(new float[,] { { 0, 0 }, { 0, 1 }, { 0, 0 } });
            optimizer.Step();
        }
        float decayed = (float)(1 - Rate * Weights);
        Assert.Equal([1, 1, decayed, decayed - (float)Rate, 1, 1], HostMemory.ToArray<float>(outer.inner.table), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.All(HostMemory.ToArray<float>(outer.weight), value => Assert.Equal(decayed, value, 6));
    }

    [Theory]
    [InlineData(640, .001, .01, .15)]               // 10 steps
    [InlineData(639_937, .001, .01, .025)]          // 10,000 steps: a quarter of a row in an epoch, .25 / (.001 · 10,000)
    [InlineData(64_000_000, .001, .01, .01)]        // not less than the other weights
    [InlineData(640, .001, .5, .5)]
    [InlineData(640, .001, 0.0, 0.0)]
    public void TableDecay_NoneGiven_IsByHand(int samples, double rate, double weightDecay, double expected)
    {
        var options = new RecommenderOptions { LearningRate = rate, WeightDecay = weightDecay, BatchSize = 64 };
        Assert.Equal(expected, options.TableDecay(samples), 12);
        Assert.Equal(2, (options with { EmbeddingDecay = 2 }).TableDecay(samples));
    }

    [Theory]
    [InlineData(-1, .001, "0 to 10")]
    [InlineData(11, .001, "0 to 10")]
    [InlineData(5, .5, "at most 1 / LearningRate = 2")]
    public void Validate_DecayOutOfRange_SaysWhatIsExpected(double decay, double rate, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => new RecommenderOptions { EmbeddingDecay = decay, LearningRate = rate }.Validate());
        Assert.Contains("EmbeddingDecay", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private sealed class Inner : nn.Module, IEmbeddingTables
    {
        internal readonly Parameter table = nn.Parameter(ones(3, 2));

        public Inner() : base(nameof(Inner)) => RegisterComponents();

        public IEnumerable<Parameter> EmbeddingTables => [table];
    }

    private sealed class Outer : nn.Module
    {
        internal readonly Inner inner = new();
        internal readonly Parameter weight = nn.Parameter(ones(2, 2)), bias = nn.Parameter(ones(2));

        public Outer() : base(nameof(Outer)) => RegisterComponents();
    }
}
