using AutoGraph.Core.Codes;
using AutoGraph.Core.Persistence;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>A fitted RQ-VAE: turns semantic vectors into codes (paper §3.2.2).</summary>
/// <remarks>Immutable once made; safe for concurrent use. Native memory is freed when the object is collected.</remarks>
public sealed class ResidualVectorQuantizer
{
    private const int Block = 4096;
    private readonly RqVae _network;
    private readonly InputScale _scale;
    private readonly Device _device;
    private readonly int[] _hiddenWidths;

    private ResidualVectorQuantizer(RqVae network, InputScale scale, int codebookSize, int dimension, IReadOnlyList<int> hiddenWidths, Device device)
    {
        (_network, _scale, CodebookSize, Dimension, _hiddenWidths, _device) = (network, scale, codebookSize, dimension, [.. hiddenWidths], device);
        foreach (var parameter in network.parameters()) parameter.DetachFromDisposeScope();
        network.eval();
    }

    /// <summary>Width V of the input vectors.</summary>
    public int InputDimension => _scale.Mean.Length;

    /// <summary>Number of levels T.</summary>
    public int Levels => _network.Levels;

    /// <summary>Number of codes K per level (after shrinking for small tables).</summary>
    public int CodebookSize { get; }

    /// <summary>Width D of the quantized vectors.</summary>
    public int Dimension { get; }

    /// <summary>Health over the fitted rows.</summary>
    public CodebookHealth Health { get; private set; } = new([], 0, 0);

    /// <summary>What a person should know about the codes; empty where all is well.</summary>
    public IReadOnlyList<string> Warnings => CodebookReport.Warnings(Health);

    /// <summary>Fits on vectors.</summary>
    /// <param name="vectors">[N, <paramref name="dimension"/>], N ≥ 2, finite.</param>
    /// <param name="dimension">Width of the vectors.</param>
    /// <param name="options">Options; invalid ones throw an <see cref="ArgumentException"/> that lists all of them.</param>
    /// <param name="seed">Seed of weights, order and restarts.</param>
    /// <param name="device">Where to train.</param>
    /// <exception cref="ArgumentException">Too few vectors, or one that is not finite; the message names the row.</exception>
    /// <exception cref="InvalidOperationException">All rows got one and the same code.</exception>
    public static ResidualVectorQuantizer Fit(ReadOnlyMemory<float> vectors, int dimension, ResidualQuantizerOptions options, int seed, ComputeDevice device = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        int rows = CheckVectors(vectors.Span, dimension);
        int codebookSize = Math.Min(options.CodebookSize, Math.Max(2, rows / 8));
        using var scope = NewDisposeScope();
        var place = device.Resolve();
        var input = tensor(vectors.ToArray(), rows, dimension, device: place);
        var scale = InputScale.Fit(input, options.InputNorm);
        using var generator = new Generator(RandomStream.For(seed, "quantizer weights").NextBits() >> 1, CPU);
        var network = new RqVae(dimension, codebookSize, options, generator);
        network.to(place);
        new RqVaeTraining(network, scale.Apply(input), options, codebookSize, seed).Run();
        var fitted = new ResidualVectorQuantizer(network, scale, codebookSize, options.Dimension, options.HiddenWidths, place);
        fitted.Measure(vectors.Span, rows);
        return fitted;
    }

    /// <summary>Codes and quantized vectors of vectors [count, InputDimension].</summary>
    /// <param name="vectors">[count, InputDimension], finite.</param>
    /// <param name="codes">Receives [count, T]; may be empty.</param>
    /// <param name="quantized">Receives x̂ = Σ chosen codes, [count, Dimension]; may be empty.</param>
    public void Encode(ReadOnlySpan<float> vectors, Span<int> codes, Span<float> quantized)
    {
        int rows = CheckVectors(vectors, InputDimension, fewest: 0);
        if (!codes.IsEmpty && codes.Length != rows * Levels || !quantized.IsEmpty && quantized.Length != rows * Dimension)
            throw new ArgumentException($"Expected room for {rows * Levels} codes and {rows * Dimension} values (or none), found {codes.Length} and {quantized.Length}.");
        for (int first = 0; first < rows; first += Block)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            int count = Math.Min(Block, rows - first);
            var input = tensor(vectors.Slice(first * InputDimension, count * InputDimension).ToArray(), count, InputDimension, device: _device);
            var result = _network.Quantize(_network.Encode(_scale.Apply(input)));
            if (!quantized.IsEmpty) result.Quantized.cpu().data<float>().CopyTo(quantized.Slice(first * Dimension, count * Dimension));
            for (int level = 0; level < Levels && !codes.IsEmpty; level++)
            {
                int row = first;
                foreach (long code in result.Codes[level].cpu().data<long>()) codes[row++ * Levels + level] = (int)code;
            }
        }
    }

    /// <summary>Stores everything needed to encode.</summary>
    public TensorDictionary Save()
    {
        var target = new TensorDictionary();
        target.Add("options", [InputDimension, Levels, CodebookSize, Dimension], 4);
        target.Add("options.hidden_widths", _hiddenWidths, _hiddenWidths.Length);
        target.Add("scale.mean", _scale.Mean, InputDimension);
        target.Add("scale.factor", [_scale.Factor], 1);
        target.Add("health.levels", [.. Health.Levels.SelectMany(level => new[] { (float)level.ActiveRatio, (float)level.Perplexity })], Levels, 2);
        target.Add("health", [(float)Health.CollisionRate, (float)Health.RelativeError], 2);
        ModuleState.Save(_network, target, "weights/");
        return target;
    }

    /// <summary>Restores what <see cref="Save"/> stored; its codes are the same.</summary>
    /// <exception cref="InvalidDataException">An entry is missing or damaged; the message names it.</exception>
    public static ResidualVectorQuantizer Load(TensorDictionary tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var o = tensors.Ints("options", 4);
        var options = new ResidualQuantizerOptions { Levels = o[1], CodebookSize = o[2], Dimension = o[3], HiddenWidths = tensors.Ints("options.hidden_widths", -1) };
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The stored quantizer is damaged: {e.Message}", e);
        }
        var scale = new InputScale(tensors.Floats("scale.mean", o[0]), tensors.Floats("scale.factor", 1)[0]);
        using var scope = NewDisposeScope();
        using var generator = new Generator(0, CPU);
        var network = new RqVae(o[0], options.CodebookSize, options, generator);
        ModuleState.Load(network, tensors, "weights/");
        var (levels, whole) = (tensors.Floats("health.levels", options.Levels, 2), tensors.Floats("health", 2));
        return new(network, scale, options.CodebookSize, options.Dimension, options.HiddenWidths, CPU)
        {
            Health = new([.. levels.Chunk(2).Select(pair => new LevelHealth(pair[0], pair[1]))], whole[0], whole[1]),
        };
    }

    private void Measure(ReadOnlySpan<float> vectors, int rows)
    {
        var codes = new int[rows * Levels];
        var quantized = new float[rows * Dimension];
        Encode(vectors, codes, quantized);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var input = _scale.Apply(tensor(vectors.ToArray(), rows, InputDimension, device: _device));
        var error = Scalars.Subtract(input, _network.Decode(tensor(quantized, rows, Dimension, device: _device))).square().sum().item<float>();
        var spread = input.square().sum().item<float>();                     // the scaled vectors are centred
        Health = CodebookReport.Measure(new CodeTable(codes, Levels, CodebookSize), spread > 0 ? error / spread : 0);
        if (Health.Levels.All(level => level.Perplexity <= 1.0 + 1e-9))
            throw new InvalidOperationException($"Expected different codes, found one code for all {rows} rows: the vectors are all alike. Check that the texts differ and that the encoder understands them.");
    }

    private static int CheckVectors(ReadOnlySpan<float> vectors, int dimension, int fewest = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (vectors.Length % dimension != 0)
            throw new ArgumentException($"Expected vectors of {dimension} values, found {vectors.Length} values in all, which {dimension} does not divide.", nameof(vectors));
        int rows = vectors.Length / dimension;
        if (rows < fewest) throw new ArgumentException($"Expected at least {fewest} vectors to quantize, found {rows}.", nameof(vectors));
        for (int i = 0; i < vectors.Length; i++)
            if (!float.IsFinite(vectors[i]))
                throw new ArgumentException($"Expected finite vectors, found {vectors[i]} in row {i / dimension}, dimension {i % dimension}. Check the encoder's output.", nameof(vectors));
        return rows;
    }
}
