using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>What adds a vector to every user and item: one more field at the input of each tower.</summary>
internal abstract class Enhancer(string name) : nn.Module(name)
{
    /// <summary>Width G of the vectors.</summary>
    public abstract int Width { get; }

    /// <summary>Called before each training epoch, counted from 1.</summary>
    public virtual void BeginEpoch(int epoch) { }

    /// <summary>Vectors [U, G] and [I, G] for one training step whose positives are the given pairs.</summary>
    public abstract (Tensor Users, Tensor Items) Step(ReadOnlySpan<int> users, ReadOnlySpan<int> items, double drop, ref RandomStream random);

    /// <summary>Vectors [U, G] and [I, G] for inference.</summary>
    public abstract (Tensor Users, Tensor Items) Infer();
}
