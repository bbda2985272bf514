using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Tests.Kernels;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Backbones;

/// <summary>GRU4Rec: equal to libtorch's own GRU on each sequence alone, whatever the lengths beside it.</summary>
public sealed class RecurrentHistoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Encode_AnyLengths_EqualsLibtorchsGruOnEachSequenceAlone(int layers)
    {
        using var outer = NewDisposeScope();
        using var encoder = HistoryEncoderTests.Make(new() { Backbone = Backbone.Gru4Rec, Dimension = 4, HistoryLayers = layers, HistoryLength = Histories.Longest });
        using var reference = nn.GRU(4, 4, layers, batchFirst: true);
        reference.to(ScalarType.Float64);
        var own = encoder.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        using (no_grad())
            foreach (var (name, parameter) in reference.named_parameters())
            {
                string part = name.StartsWith("weight_ih", StringComparison.Ordinal) ? "input" : name.StartsWith("weight_hh", StringComparison.Ordinal) ? "hidden"
                    : name.StartsWith("bias_ih", StringComparison.Ordinal) ? "inputBias" : "hiddenBias";
                parameter.copy_(own[$"layers.{name[^1]}.{part}"]);
            }
        var table = Numbers.Random(3, Histories.Items + 1, 4);
        Histories.Gen.Sample(rows =>
        {
            using var scope = NewDisposeScope();
            var actual = Numbers.Matrix(HistoryEncoderTests.Encode(encoder, table, rows));
            for (int b = 0; b < rows.Length; b++)
            {
                if (rows[b].Length == 0) continue;
                var sequence = table.index_select(0, tensor(rows[b], ScalarType.Int64)).unsqueeze(0);
                double[] expected = Numbers.Flat(reference.call(sequence).Item1[0, -1]);
                for (int c = 0; c < 4; c++) Assert.Equal(expected[c], actual[b, c], 1e-12);
            }
        }, iter: 30, threads: 1);
    }

    [Fact]
    public void PackedSteps_AnyLengths_HoldEachSequenceInOrder() => Histories.Gen.Sample(rows =>
    {
        var steps = new PackedSteps(Histories.Edges(rows));
        Assert.Equal(rows.Max(row => row.Length), steps.Count);
        for (int t = 0; t < steps.Count; t++)
        {
            Assert.Equal(rows.Count(row => row.Length > t), steps.Rows(t));
            Assert.Equal(rows.Where(row => row.Length > t).Select(row => row[t]).Order(), steps.Sources[steps.Offsets[t]..steps.Offsets[t + 1]].Order());
        }
        for (int b = 0; b < rows.Length; b++)
        {
            var last = steps.Last.Sources[steps.Last.Offsets[b]..steps.Last.Offsets[b + 1]];
            Assert.Equal(rows[b].Length == 0 ? [] : new[] { rows[b][^1] }, last.Select(row => steps.Sources[row]));
        }
    });

    [Fact]
    public void Apply_FusedAndComposed_SameValuesAndGradients() => Histories.Gen.Sample(rows =>
    {
        using var scope = NewDisposeScope();
        var steps = new PackedSteps(Histories.Edges(rows));
        if (steps.Count == 0) return;
        var (input, weight, bias, upstream) = (Numbers.Random(1, steps.Sources.Length, 12), Numbers.Random(2, 12, 4), Numbers.Random(3, 12), Numbers.Random(4, steps.Sources.Length, 4));
        Numbers.AreClose(Numbers.Flat(GatedRecurrence.Composed(input, weight, bias, steps)), Numbers.Flat(GatedRecurrence.Apply(input, weight, bias, steps)), 1e-12);
        var expected = Numbers.Gradients(() => (GatedRecurrence.Composed(input, weight, bias, steps) * upstream).sum(), input, weight, bias);
        var actual = Numbers.Gradients(() => (GatedRecurrence.Apply(input, weight, bias, steps) * upstream).sum(), input, weight, bias);
        for (int n = 0; n < 3; n++) Numbers.AreClose(expected[n], actual[n], 1e-12);
    }, iter: 30, threads: 1);

    [Fact]
    public void Apply_WrongShape_ThrowsArgumentException()
    {
        using var scope = NewDisposeScope();
        var steps = new PackedSteps(Histories.Edges([[1, 2]]));
        Assert.Throws<ArgumentException>(() => GatedRecurrence.Apply(zeros(2, 11), zeros(12, 4), zeros(12), steps));
        Assert.Throws<ArgumentException>(() => GatedRecurrence.Apply(zeros(2, 12), zeros(12, 5), zeros(12), steps));
        Assert.Throws<ArgumentException>(() => GatedRecurrence.Apply(zeros(3, 12), zeros(12, 4), zeros(12), steps));
    }
}
