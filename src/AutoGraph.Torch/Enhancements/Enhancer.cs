using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Recommendation;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>What adds vectors to users, items or both: more fields at the input of the towers.</summary>
internal abstract class Enhancer(string name) : nn.Module(name)
{
    /// <summary>Widths of the vectors, which stand beside each other where there are several.</summary>
    public abstract EnhancementWidths Widths { get; }

    /// <summary>Called before each training epoch, counted from 1.</summary>
    public virtual void BeginEpoch(int epoch) { }

    /// <summary>Vectors of one training step: of its rows' users, [B, Σ widths], and of all items, [I, Σ widths]; null where there are none.</summary>
    /// <param name="rows">The positives of the step.</param>
    /// <param name="drop">Part of the ids replaced by "unknown".</param>
    /// <param name="random">Where replacements are drawn from.</param>
    public abstract (Tensor? Users, Tensor? Items) Step(TrainingRows rows, double drop, ref RandomStream random);

    /// <summary>What gives users their vectors in inference, and the vectors [I, Σ widths] of all items; null where there are none.</summary>
    public abstract (UserVectors? Users, Tensor? Items) Infer();
}
