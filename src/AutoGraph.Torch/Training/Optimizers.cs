using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Training;

/// <summary>Makes optimizers.</summary>
internal static class Optimizers
{
    /// <summary>AdamW (Loshchilov and Hutter 2019) without decay on biases, that is on parameters of one dimension.</summary>
    public static optim.Optimizer AdamW(IEnumerable<nn.Module> modules, double learningRate, double weightDecay)
    {
        var parameters = modules.SelectMany(module => module.parameters()).ToList();
        return optim.AdamW(
            [Group(parameters.Where(p => p.dim() > 1), weightDecay), Group(parameters.Where(p => p.dim() <= 1), 0)], learningRate);

        AdamW.ParamGroup Group(IEnumerable<Parameter> group, double decay) =>
            new() { Parameters = group, Options = new() { LearningRate = learningRate, weight_decay = decay } };
    }
}
