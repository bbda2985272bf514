using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Backbones;

/// <summary>A multi-layer perceptron with ReLU between its linear layers: [N, in] → [N, out].</summary>
internal sealed class Tower : nn.Module<Tensor, Tensor>
{
    private readonly ParameterList weights;
    private readonly ParameterList biases;

    public Tower(string name, int inputWidth, IReadOnlyList<int> hiddenWidths, int outputWidth, Generator generator) : base(name)
    {
        (weights, biases) = (nn.ParameterList(), nn.ParameterList());
        int width = inputWidth;
        foreach (int next in hiddenWidths.Append(outputWidth))
        {
            weights.append(Initialize.FanIn(generator, width, next, width));
            biases.append(Initialize.FanIn(generator, width, next));
            width = next;
        }
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = input;
        for (int layer = 0; layer < weights.Count; layer++)
        {
            x = nn.functional.linear(x, weights[layer], biases[layer]);
            if (layer < weights.Count - 1) x = x.relu_();
        }
        return x.MoveToOuterDisposeScope();
    }
}
