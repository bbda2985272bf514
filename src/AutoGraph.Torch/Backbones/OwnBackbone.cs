using static TorchSharp.torch;

namespace AutoGraph;

/// <summary>A sequence model from outside the library: derive, register with <see cref="OwnBackbones"/>, and name it in <see cref="RecommenderOptions.OwnBackbone"/>.</summary>
/// <remarks>Call <c>RegisterComponents()</c> at the end of the constructor, as in every TorchSharp module; weights are trained and saved by their names.</remarks>
/// <param name="name">Name of the module.</param>
public abstract class OwnBackbone(string name) : nn.Module(name)
{
    /// <summary>Width W of a history vector.</summary>
    public abstract int Width { get; }

    /// <summary>History vectors.</summary>
    /// <param name="items">[B, L, D] embeddings of the history's items, oldest first, the latest at L − 1; zeros in front of shorter histories.</param>
    /// <param name="mask">[B, L] true where there is an item. A history may be empty.</param>
    /// <returns>[B, W].</returns>
    public abstract Tensor Encode(Tensor items, Tensor mask);
}

/// <summary>Sizes that an <see cref="OwnBackbone"/> is made for.</summary>
/// <param name="Dimension">Width D of the items' embeddings.</param>
/// <param name="HistoryLength">Items of a history L.</param>
/// <param name="Generator">Where initial weights should be drawn from, so that a seed repeats them.</param>
public sealed record OwnBackboneShape(int Dimension, int HistoryLength, Generator Generator);
