using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Backbones;

/// <summary>A backbone from outside the library, given its histories as padded tensors.</summary>
internal sealed class OwnHistory : HistoryEncoder
{
    private readonly OwnBackbone backbone;
    private readonly int _length;

    private OwnHistory(OwnBackbone backbone, int length) : base(nameof(OwnHistory), backbone.Width)
    {
        (this.backbone, _length) = (backbone, length);
        RegisterComponents();
    }

    public static OwnHistory Create(string name, RecommenderOptions options, Generator generator) =>
        new(OwnBackbones.Create(name, new(options.Dimension, options.HistoryLength, generator)), options.HistoryLength);

    public override Tensor Encode(Tensor table, EdgeList history, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        int rows = history.TargetCount;
        var (offsets, mask) = (new int[rows * _length + 1], new bool[rows * _length]);
        for (int b = 0; b < rows; b++)
        {
            int count = history.Offsets[b + 1] - history.Offsets[b];
            mask.AsSpan((b + 1) * _length - count, count).Fill(true);
        }
        for (int place = 0; place < mask.Length; place++) offsets[place + 1] = offsets[place] + (mask[place] ? 1 : 0);
        var items = SegmentMean.Apply(table, new EdgeList(mask.Length, history.SourceCount, offsets, history.Sources)).view(rows, _length, table.shape[1]);
        var states = backbone.Encode(items, tensor(mask, rows, _length, device: table.device));
        Shapes.Expect(states, $"the result of {backbone.GetType().Name}.{nameof(OwnBackbone.Encode)}", rows, Width);
        return states.MoveToOuterDisposeScope();
    }
}
