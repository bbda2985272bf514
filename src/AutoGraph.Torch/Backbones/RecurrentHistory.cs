using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Backbones;

/// <summary>GRU4Rec (Hidasi et al. 2016): stacked GRUs over the history, dropout before each; the history vector is the last layer's state after the latest item.</summary>
internal sealed class RecurrentHistory : HistoryEncoder
{
    private readonly ModuleList<RecurrentLayer> layers;
    private readonly double _dropout;

    public RecurrentHistory(RecommenderOptions options, Generator generator) : base(nameof(RecurrentHistory), options.Dimension)
    {
        layers = [];
        for (int layer = 0; layer < options.HistoryLayers; layer++) layers.Add(new RecurrentLayer(Width, generator));
        _dropout = options.HistoryDropout;
        RegisterComponents();
    }

    public override Tensor Encode(Tensor table, EdgeList history, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var steps = new PackedSteps(history);
        var x = SegmentMean.Apply(table, EdgeList.Rows(steps.Sources, history.SourceCount));              // [N, D]
        foreach (var layer in layers) x = layer.Apply(SeededDropout.Apply(x, training ? _dropout : 0, ref random), steps);
        return SegmentMean.Apply(x, steps.Last).MoveToOuterDisposeScope();                                // [B, D]
    }
}

/// <summary>One GRU over packed sequences; weights start as PyTorch's, uniform in ±1/√D.</summary>
internal sealed class RecurrentLayer : nn.Module
{
    private readonly Parameter input, inputBias;            // [3D, D], [3D]
    private readonly Parameter hidden, hiddenBias;          // [3D, D], [3D]

    public RecurrentLayer(int width, Generator generator) : base(nameof(RecurrentLayer))
    {
        (input, inputBias) = (Initialize.FanIn(generator, width, 3 * width, width), Initialize.FanIn(generator, width, 3 * width));
        (hidden, hiddenBias) = (Initialize.FanIn(generator, width, 3 * width, width), Initialize.FanIn(generator, width, 3 * width));
        RegisterComponents();
    }

    /// <summary>[N, D] packed items → [N, D] states after them.</summary>
    public Tensor Apply(Tensor items, PackedSteps steps)
    {
        using var scope = NewDisposeScope();
        return GatedRecurrence.Apply(nn.functional.linear(items, input, inputBias), hidden, hiddenBias, steps).MoveToOuterDisposeScope();
    }
}
