using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Training;

/// <summary>
/// Moving average of weights over steps, w̄ ← γ_t·w̄ + (1 − γ_t)·w with γ_t = min(γ, (1 + t)/(10 + t)), so that early weights
/// do not weigh on it. Averages rank better than the last weights, which a constant learning rate keeps in motion
/// (Polyak and Juditsky 1992).
/// </summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly (Parameter Weight, Tensor Mean)[] _pairs;
    private readonly double _decay;
    private int _steps;

    /// <param name="modules">Modules whose parameters are averaged.</param>
    /// <param name="decay">γ, from 0 (the last weights) to below 1.</param>
    public WeightAverage(IEnumerable<nn.Module> modules, double decay)
    {
        using var _ = no_grad();
        _decay = decay;
        _pairs = [.. modules.SelectMany(module => module.parameters()).Select(weight => (weight, weight.clone().DetachFromDisposeScope()))];
    }

    /// <summary>Takes the current weights in, after an optimizer step.</summary>
    public void Update()
    {
        using var _ = no_grad();
        double decay = Math.Min(_decay, (1.0 + _steps) / (10 + _steps));
        _steps++;
        foreach (var (weight, mean) in _pairs) Scalars.MoveTowards(mean, weight, 1 - decay);
    }

    /// <summary>Exchanges weights and averages: once to use the averages, once more to go on training.</summary>
    public void Swap()
    {
        using var _ = no_grad();
        foreach (var (weight, mean) in _pairs)
        {
            using var last = weight.clone();
            weight.copy_(mean);
            mean.copy_(last);
        }
    }

    /// <summary>Makes the averages equal to the weights, which have been set anew.</summary>
    public void Restart()
    {
        using var _ = no_grad();
        foreach (var (weight, mean) in _pairs) mean.copy_(weight);
    }

    /// <summary>Adds steps and averages, so that <see cref="Load"/> goes on with the same bits.</summary>
    public void Save(TensorDictionary target, string prefix)
    {
        using var scope = NewDisposeScope();
        target.Add(prefix + "steps", [_steps], 1);
        foreach (var (i, (_, mean)) in _pairs.Index())
            target.Add($"{prefix}{i}", HostMemory.ToArray<float>(mean), [.. mean.shape.Select(size => checked((int)size))]);
    }

    /// <summary>Restores what <see cref="Save"/> added; throws <see cref="InvalidDataException"/> naming what is missing or of another shape.</summary>
    public void Load(TensorDictionary source, string prefix)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        _steps = source.Ints(prefix + "steps", 1)[0];
        foreach (var (i, (weight, mean)) in _pairs.Index())
            mean.copy_(tensor(source.Floats($"{prefix}{i}", [.. weight.shape.Select(size => checked((int)size))]), weight.shape));
    }

    public void Dispose()
    {
        foreach (var (_, mean) in _pairs) mean.Dispose();
    }
}
