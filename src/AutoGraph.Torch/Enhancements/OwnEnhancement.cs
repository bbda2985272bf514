using AutoGraph.Core.Interactions;
using static TorchSharp.torch;

namespace AutoGraph;

/// <summary>An enhancement from outside the library: vectors of users, items or both, trained with the recommender. Given in <see cref="RecommenderOptions.OwnEnhancements"/>.</summary>
/// <remarks>
/// Call <c>RegisterComponents()</c> at the end of the constructor, as in every TorchSharp module. A trained recommender keeps the last
/// vectors, not the module: loading it needs nothing of yours.
/// Where rows are held out for early stopping it is made twice, without them for training and with them for the result, which takes the trained
/// parameters and running statistics of TorchSharp's modules from the first; other tensors, as those made of
/// <see cref="OwnEnhancementInput.Train"/>, stay as the second was made.
/// </remarks>
/// <param name="name">Name of the module.</param>
public abstract class OwnEnhancement(string name) : nn.Module(name)
{
    /// <summary>Width of the users' vectors, 0 for none.</summary>
    public abstract int UserWidth { get; }

    /// <summary>Width of the items' vectors, 0 for none.</summary>
    public abstract int ItemWidth { get; }

    /// <summary>Called before each training epoch, counted from 1.</summary>
    public virtual void BeginEpoch(int epoch) { }

    /// <summary>Vectors [U, UserWidth] and [I, ItemWidth]; null where the width is 0.</summary>
    /// <param name="positives">
    /// The pairs that this training step shall predict; empty in inference. Vectors that read interactions must not read these: a model that
    /// sees its targets learns nothing else.
    /// </param>
    public abstract (Tensor? Users, Tensor? Items) Vectors(IReadOnlyList<(int User, int Item)> positives);
}

/// <summary>What an <see cref="OwnEnhancement"/> is made for.</summary>
/// <param name="Train">Training interactions that it may see; users and items are numbered by their positions there.</param>
/// <param name="Dimension">Width D of the recommender's embeddings.</param>
/// <param name="Generator">Where initial weights should be drawn from, so that a seed repeats them.</param>
public sealed record OwnEnhancementInput(InteractionTable Train, int Dimension, Generator Generator);
