using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019), β = (0.9, 0.999), ε = 1e-8, without decay on biases, that is on parameters of one
/// dimension. Own because TorchSharp's frees scalars that native code still reads (see <see cref="Scalars"/>) and passes
/// over memory eight times.
/// </summary>
internal sealed class AdamW : IDisposable
{
    private const double MeanDecay = 0.9, SquareDecay = 0.999, Epsilon = 1e-8;
    private readonly State[] _states;
    private int _steps;

    /// <param name="modules">Modules whose parameters are trained.</param>
    /// <param name="learningRate">η.</param>
    /// <param name="weightDecay">λ.</param>
    /// <param name="embeddingDecay">λ of the tables of <see cref="IEmbeddingTables"/>; null: as of the other weights.</param>
    /// <param name="sparse">Whether rows of those tables without a gradient stay as they are.</param>
    public AdamW(IEnumerable<nn.Module> modules, double learningRate, double weightDecay, double? embeddingDecay = null, bool sparse = false)
    {
        LearningRate = learningRate;
        nn.Module[] all = [.. modules];
        var tables = all.SelectMany(module => module.modules().Prepend(module)).OfType<IEmbeddingTables>().SelectMany(module => module.EmbeddingTables).Select(table => table.Handle).ToHashSet();
        _states = [.. all.SelectMany(module => module.parameters()).Where(parameter => parameter.requires_grad).Select(parameter => new State(parameter, Decay(parameter), sparse && parameter.dim() == 2 && tables.Contains(parameter.Handle)))];

        double Decay(Parameter parameter) => parameter.dim() <= 1 ? 0 : tables.Contains(parameter.Handle) ? embeddingDecay ?? weightDecay : weightDecay;
    }

    /// <summary>η; may change between steps.</summary>
    public double LearningRate { get; set; }

    /// <summary>Forgets all gradients, before a backward pass.</summary>
    public void ClearGradients()
    {
        foreach (var state in _states) state.Parameter.grad = null;
    }

    /// <summary>Shortens the gradients of all parameters, taken as one vector g, to g · min(1, limit / ‖g‖); returns ‖g‖ before.</summary>
    /// <exception cref="InvalidOperationException">‖g‖ is NaN or infinite: training has diverged.</exception>
    public double Clip(double limit)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor[] gradients = [.. _states.Select(state => state.Parameter.grad).OfType<Tensor>()];
        double norm = GradientNorm.Of(gradients);
        if (!double.IsFinite(norm))
            throw new InvalidOperationException(FormattableString.Invariant($"Expected gradients of finite length, found {norm}. Lower the learning rate ({LearningRate}) or check dense features for extreme values."));
        if (norm > limit)
            foreach (var gradient in gradients) Scalars.Scale(gradient, limit / norm);
        return norm;
    }

    /// <summary>Updates every parameter that has a gradient.</summary>
    public void Step()
    {
        using var _ = no_grad();
        _steps++;
        foreach (var state in _states)
        {
            using var gradient = state.Parameter.grad;
            if (gradient is null) continue;
            var step = new AdamStep(1 - LearningRate * state.Decay, LearningRate / (1 - Math.Pow(MeanDecay, _steps)), 1 / Math.Sqrt(1 - Math.Pow(SquareDecay, _steps)), MeanDecay, SquareDecay, Epsilon);
            if (state.IsSparse) step.ApplyToRows(state.Parameter, gradient, state.Mean, state.Square);
            else step.Apply(state.Parameter, gradient, state.Mean, state.Square);
        }
    }

    /// <summary>Adds steps, means and squares, so that <see cref="Load"/> goes on with the same bits.</summary>
    public void Save(TensorDictionary target, string prefix)
    {
        target.Add(prefix + "steps", [_steps], 1);
        foreach (var (i, state) in _states.Index())
        {
            target.Add($"{prefix}{i}.mean", HostMemory.ToArray<float>(state.Mean), [.. state.Mean.shape.Select(size => checked((int)size))]);
            target.Add($"{prefix}{i}.square", HostMemory.ToArray<float>(state.Square), [.. state.Square.shape.Select(size => checked((int)size))]);
        }
    }

    /// <summary>Restores what <see cref="Save"/> added; throws <see cref="InvalidDataException"/> naming what is missing or of another shape.</summary>
    public void Load(TensorDictionary source, string prefix)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        _steps = source.Ints(prefix + "steps", 1)[0];
        foreach (var (i, state) in _states.Index())
        {
            int[] shape = [.. state.Mean.shape.Select(size => checked((int)size))];
            state.Mean.copy_(tensor(source.Floats($"{prefix}{i}.mean", shape), state.Mean.shape));
            state.Square.copy_(tensor(source.Floats($"{prefix}{i}.square", shape), state.Square.shape));
        }
    }

    public void Dispose()
    {
        foreach (var state in _states)
        {
            state.Mean.Dispose();
            state.Square.Dispose();
        }
    }

    private sealed record State(Parameter Parameter, double Decay, bool IsSparse)
    {
        public Tensor Mean { get; } = zeros_like(Parameter).DetachFromDisposeScope();

        public Tensor Square { get; } = zeros_like(Parameter).DetachFromDisposeScope();
    }
}
