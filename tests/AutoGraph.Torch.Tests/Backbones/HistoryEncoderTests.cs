using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Backbones;
using AutoGraph.Torch.Tests.Kernels;
using AutoGraph.Torch.Training;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Backbones;

/// <summary>What holds for every backbone.</summary>
public sealed class HistoryEncoderTests
{
    private static readonly RecommenderOptions Options = new() { Dimension = 4, HistoryLength = Histories.Longest, HistoryDropout = 0.3 };

    /// <summary>Every backbone in its forms.</summary>
    public static TheoryData<RecommenderOptions> Forms =>
    [
        Options,
        Options with { Backbone = Backbone.Gru4Rec },
        Options with { Backbone = Backbone.Gru4Rec, HistoryLayers = 3 },
        Options with { Backbone = Backbone.SasRec },
        Options with { Backbone = Backbone.SasRec, HistoryLayers = 2, HistoryHeads = 2 },
        Options with { Backbone = Backbone.SasRec, HistoryLayers = 3, HistoryHeads = 4 },
        Options with { Backbone = Backbone.Mind },
        Options with { Backbone = Backbone.Mind, ConcatenateCapsules = true, Capsules = 2, RoutingIterations = 2 },
    ];

    [Theory, MemberData(nameof(Forms))]
    public void Encode_AnyHistories_RowsDependOnTheirOwnItemsOnlyAndEmptyOnesAreZero(RecommenderOptions options)
    {
        using var outer = NewDisposeScope();
        using var encoder = Make(options);
        Histories.Gen.Sample(rows =>
        {
            using var scope = NewDisposeScope();
            var table = Numbers.Random(3, Histories.Items + 1, 4);
            var all = Numbers.Matrix(Encode(encoder, table, rows));
            Assert.Equal((rows.Length * encoder.Vectors, encoder.Width), (all.GetLength(0), all.GetLength(1)));
            for (int b = 0; b < rows.Length; b++)
            {
                var alone = Numbers.Matrix(Encode(encoder, table, [rows[b]]));
                for (int k = 0; k < encoder.Vectors; k++)
                    for (int c = 0; c < encoder.Width; c++)
                    {
                        Assert.Equal(alone[k, c], all[b * encoder.Vectors + k, c], 1e-12);
                        if (rows[b].Length == 0) Assert.Equal(0, alone[k, c]);
                    }
            }
        }, iter: 30, threads: 1);
    }

    [Theory, MemberData(nameof(Forms))]
    public void Backward_EveryWeight_EqualsFiniteDifferences(RecommenderOptions options)
    {
        using var scope = NewDisposeScope();
        // one iteration: the weights of later ones are constants to the backward pass by definition, but not to differences
        using var encoder = Make(options with { RoutingIterations = 1 });
        encoder.train();
        var table = Numbers.Random(3, Histories.Items + 1, 4);
        var upstream = Numbers.Random(4, Histories.Some.Length * encoder.Vectors, encoder.Width);
        Numbers.CheckGradients(() => (Encode(encoder, table, Histories.Some) * upstream).sum(), [table, .. encoder.parameters()]);      // dropout included: the same seed drops the same
    }

    [Theory, MemberData(nameof(Forms))]
    public void Encode_SameSeed_SameBitsWithOneOrTwoThreads(RecommenderOptions options)
    {
        using var scope = NewDisposeScope();
        var random = new Random(5);
        int[][] rows = [.. Enumerable.Range(0, 3000).Select(_ => Enumerable.Range(0, random.Next(Histories.Longest + 1)).Select(_ => random.Next(Histories.Items + 1)).ToArray())];
        Assert.Equal(Run(1), Run(2));
        Assert.Equal(Run(1), Run(1));

        int[] Run(int threads) => Threads.With<int[]>(threads, () =>
        {
            using var inner = NewDisposeScope();
            using var encoder = Make(options).to(ScalarType.Float32);
            encoder.train();
            var table = Numbers.Random(3, Histories.Items + 1, 4).@float().detach().requires_grad_();
            var output = Encode(encoder, table, rows);
            output.square().sum().backward();
            return [.. Numbers.Bits(output), .. Numbers.Bits(table.grad!), .. encoder.parameters().SelectMany(p => Numbers.Bits(p.grad!))];
        });
    }

    [Theory, MemberData(nameof(Forms))]
    public void Encode_Dropout_OnlyInTrainingAndWhereTheBackboneHasIt(RecommenderOptions options)
    {
        using var scope = NewDisposeScope();
        using var encoder = Make(options);
        var table = Numbers.Random(3, Histories.Items + 1, 4);
        var inference = Numbers.Flat(Encode(encoder, table, Histories.Some));
        encoder.train();
        bool drops = options.Backbone is Backbone.Gru4Rec or Backbone.SasRec;
        Assert.Equal(drops, !inference.SequenceEqual(Numbers.Flat(Encode(encoder, table, Histories.Some))));
    }

    [Theory]
    [InlineData(Backbone.SasRec)]
    [InlineData(Backbone.Mind)]
    public void Encode_HistoryTooLong_NamesTheRow(Backbone backbone)
    {
        using var scope = NewDisposeScope();
        using var encoder = Make(Options with { Backbone = backbone, HistoryLength = 2 });
        var error = Assert.Throws<ArgumentException>(() => Encode(encoder, Numbers.Random(3, Histories.Items + 1, 4), Histories.Some));
        Assert.Contains("at most 2 items, found 3 in row 0", error.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Forms))]
    public void Encode_NoItemsAtAll_ZerosAndZeroGradients(RecommenderOptions options)
    {
        using var scope = NewDisposeScope();
        using var encoder = Make(options);
        var table = Numbers.Random(3, Histories.Items + 1, 4).requires_grad_();
        var output = Encode(encoder, table, [[], []]);
        output.sum().backward();
        Assert.All(Numbers.Flat(output), value => Assert.Equal(0, value));
        Assert.All(Numbers.Flat(table.grad!), value => Assert.Equal(0, value));
    }

    internal static HistoryEncoder Make(RecommenderOptions options)
    {
        using var generator = new Generator(7, CPU);
        var encoder = HistoryEncoder.Create(options, generator);
        encoder.to(ScalarType.Float64);
        encoder.eval();
        return encoder;
    }

    internal static Tensor Encode(HistoryEncoder encoder, Tensor table, int[][] rows)
    {
        var random = RandomStream.For(1, "encode");
        return encoder.Encode(table, Histories.Edges(rows), ref random);
    }
}
