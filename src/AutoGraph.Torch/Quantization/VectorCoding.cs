using AutoGraph.Core.Persistence;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>A fitted coding of scaled vectors: code vectors, how codes are chosen, and for an RQ-VAE the network around them.</summary>
/// <param name="Codebooks">Code vectors.</param>
/// <param name="Assigner">Chooses codes.</param>
/// <param name="Network">Encoder and decoder, or null where codes stand for the vectors themselves.</param>
internal sealed record VectorCoding(Codebooks Codebooks, CodeAssigner Assigner, RqVae? Network)
{
    /// <summary>Codes of each level.</summary>
    public IReadOnlyList<int> Sizes { get; } = [.. Codebooks.All.Select(book => (int)book.shape[0])];

    /// <summary>Codes [N, T] of scaled vectors [N, V].</summary>
    public int[] Encode(Tensor vectors)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return Assigner.Assign(Network?.Encode(vectors) ?? vectors, Codebooks);
    }

    /// <summary>‖x − Σ_(s≤t) c^s‖², [N, T], of scaled vectors [N, V] with codes [N, T].</summary>
    public Tensor SquaredResiduals(Tensor vectors, int[] codes)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var encoded = Network?.Encode(vectors) ?? vectors;
        return stack(Enumerable.Range(1, Codebooks.Levels).Select(levels => Scalars.Square(Scalars.Subtract(encoded, Codebooks.Sum(codes, levels))).sum(1)).ToArray(), 1)
            .MoveToOuterDisposeScope();
    }

    /// <summary>v̂ [N, V] of x̂ [N, D].</summary>
    public Tensor Decode(Tensor quantized) => Network?.Decode(quantized) ?? quantized;

    /// <summary>Fits the quantizer that the options name.</summary>
    /// <param name="vectors">[N, V], scaled.</param>
    /// <param name="size">Codes per level at most.</param>
    /// <param name="options">Options.</param>
    /// <param name="seed">Seed.</param>
    public static VectorCoding Fit(Tensor vectors, int size, ResidualQuantizerOptions options, int seed)
    {
        using var scope = NewDisposeScope();
        if (options.Quantizer == Quantizer.RqVae)
        {
            using var generator = new Generator(RandomStream.For(seed, "quantizer weights").NextBits() >> 1, CPU);
            var network = new RqVae((int)vectors.shape[1], size, options, generator);
            network.to(vectors.device);
            new RqVaeTraining(network, vectors, options, size, seed).Run();
            return Of(network, options.BeamWidth);
        }
        using var _ = no_grad();
        var fit = new CodebookFit(vectors, size, options, seed);
        var (codebooks, assigner) = options.Quantizer switch
        {
            Quantizer.ResidualKMeans => fit.ResidualKMeans(),
            Quantizer.HierarchicalClustering => fit.Hierarchical(),
            _ => fit.Hashes(),
        };
        return new(codebooks, assigner, null);
    }

    /// <summary>A trained network frees its codebooks' gradients: from here on everything is constant.</summary>
    private static VectorCoding Of(RqVae network, int beam)
    {
        foreach (var parameter in network.parameters()) parameter.DetachFromDisposeScope();
        network.eval();
        return new(new Codebooks(Enumerable.Range(0, network.Levels).Select(level => network.Codebook(level).clone())), new ResidualSearch(beam), network);
    }

    public void Save(TensorDictionary target)
    {
        if (Network is null) Codebooks.Save(target);
        else ModuleState.Save(Network, target, "weights/");
        Assigner.Save(target);
    }

    /// <exception cref="InvalidDataException">An entry is missing or damaged; the message names it.</exception>
    public static VectorCoding Load(TensorDictionary source, int width, IReadOnlyList<int> sizes, ResidualQuantizerOptions options)
    {
        using var scope = NewDisposeScope();
        if (options.Quantizer == Quantizer.RqVae)
        {
            using var generator = new Generator(0, CPU);
            var network = new RqVae(width, options.CodebookSize, options, generator);
            ModuleState.Load(network, source, "weights/");
            return Of(network, options.BeamWidth);
        }
        CodeAssigner assigner = options.Quantizer switch
        {
            Quantizer.ResidualKMeans => new ResidualSearch(options.BeamWidth),
            Quantizer.HierarchicalClustering => TreeSearch.Load(source, sizes),
            _ => HashSearch.Load(source, sizes.Count, sizes[0], width),
        };
        return new(Codebooks.Load(source, sizes, width), assigner, null);
    }
}
