using AutoGraph.Core.Codes;
using AutoGraph.Core.Persistence;

namespace AutoGraph.Torch.Quantization;

/// <summary>A fitted RQ-VAE (stub: the body is being written).</summary>
public sealed class ResidualVectorQuantizer
{
    /// <summary>Fits on vectors [count, dimension].</summary>
    public static ResidualVectorQuantizer Fit(ReadOnlyMemory<float> vectors, int dimension, ResidualQuantizerOptions options, int seed) => throw new NotImplementedException();

    /// <summary>Width of the input vectors.</summary>
    public int InputDimension => throw new NotImplementedException();

    /// <summary>Number of levels T.</summary>
    public int Levels => throw new NotImplementedException();

    /// <summary>Number of codes K per level (after shrinking for small tables).</summary>
    public int CodebookSize => throw new NotImplementedException();

    /// <summary>Width of the quantized vectors.</summary>
    public int Dimension => throw new NotImplementedException();

    /// <summary>Health over the fitted rows.</summary>
    public CodebookHealth Health => throw new NotImplementedException();

    /// <summary>Warnings for the log, such as an active ratio below one half.</summary>
    public IReadOnlyList<string> Warnings => throw new NotImplementedException();

    /// <summary>Codes [count, T] and quantized vectors [count, Dimension] of vectors [count, InputDimension]; either output may be empty.</summary>
    public void Encode(ReadOnlySpan<float> vectors, Span<int> codes, Span<float> quantized) => throw new NotImplementedException();

    /// <summary>Stores everything needed to encode.</summary>
    public TensorDictionary Save() => throw new NotImplementedException();

    /// <summary>Restores; throws InvalidDataException that names what is wrong.</summary>
    public static ResidualVectorQuantizer Load(TensorDictionary tensors) => throw new NotImplementedException();
}
