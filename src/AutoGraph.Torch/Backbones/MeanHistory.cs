using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Backbones;

/// <summary>YouTubeDNN (Covington et al. 2016): the mean of the history's embeddings.</summary>
internal sealed class MeanHistory(int width) : HistoryEncoder(nameof(MeanHistory), width)
{
    public override Tensor Encode(Tensor table, EdgeList history, ref RandomStream random) => SegmentMean.Apply(table, history);
}
