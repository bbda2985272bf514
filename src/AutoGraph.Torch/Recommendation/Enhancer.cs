using AutoGraph.Core.Randomness;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>What adds a vector to users and items: one more field at the input of the towers.</summary>
internal abstract class Enhancer(string name) : nn.Module(name)
{
    /// <summary>Width of the users' vectors, 0 where users get none.</summary>
    public abstract int UserWidth { get; }

    /// <summary>Width of the items' vectors, 0 where items get none.</summary>
    public abstract int ItemWidth { get; }

    /// <summary>Called before each training epoch, counted from 1.</summary>
    public virtual void BeginEpoch(int epoch) { }

    /// <summary>Vectors of one training step: of its rows' users, [B, UserWidth], and of all items, [I, ItemWidth]; null where there are none.</summary>
    /// <param name="rows">The positives of the step.</param>
    /// <param name="drop">Part of the ids replaced by "unknown".</param>
    /// <param name="random">Where replacements are drawn from.</param>
    public abstract (Tensor? Users, Tensor? Items) Step(TrainingRows rows, double drop, ref RandomStream random);

    /// <summary>What gives users their vectors in inference, and the vectors [I, ItemWidth] of all items; null where there are none.</summary>
    public abstract (UserVectors? Users, Tensor? Items) Infer();
}
