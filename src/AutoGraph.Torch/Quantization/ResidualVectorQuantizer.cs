using System.Runtime.InteropServices;
using AutoGraph.Core.Codes;
using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>A fitted quantizer of any <see cref="Quantizer"/>: turns semantic vectors into codes (paper §3.2.2).</summary>
/// <remarks>Immutable once made; safe for concurrent use. Native memory is freed when the object is collected.</remarks>
public sealed class ResidualVectorQuantizer
{
    private const int Block = 4096;
    private readonly VectorCoding _coding;
    private readonly InputScale _scale;
    private readonly Device _device;
    private readonly ResidualQuantizerOptions _options;

    private ResidualVectorQuantizer(VectorCoding coding, InputScale scale, int codebookSize, ResidualQuantizerOptions options, Device device, CodebookHealth health) =>
        (_coding, _scale, CodebookSize, _options, _device, Health) = (coding, scale, codebookSize, options, device, health);

    /// <summary>What makes the codes.</summary>
    public Quantizer Quantizer => _options.Quantizer;

    /// <summary>Width V of the input vectors.</summary>
    public int InputDimension => _scale.Mean.Length;

    /// <summary>Number of levels T.</summary>
    public int Levels => _coding.Codebooks.Levels;

    /// <summary>Number of codes K per level at most (after shrinking for small tables).</summary>
    public int CodebookSize { get; }

    /// <summary>Number of codes of each level; all <see cref="CodebookSize"/> for an RQ-VAE and residual k-means.</summary>
    public IReadOnlyList<int> LevelSizes => _coding.Sizes;

    /// <summary>Width D of the quantized vectors: that of the options for an RQ-VAE, V for the others.</summary>
    public int Dimension => _coding.Network is null ? InputDimension : _options.Dimension;

    /// <summary>Health over the fitted rows.</summary>
    public CodebookHealth Health { get; }

    /// <summary>What a person should know about the codes; empty where all is well.</summary>
    public IReadOnlyList<string> Warnings => CodebookReport.Warnings(Health, distinctIds: Quantizer != Quantizer.HierarchicalClustering);

    /// <summary>Fits on vectors.</summary>
    /// <param name="vectors">[N, <paramref name="dimension"/>], N ≥ 2, finite.</param>
    /// <param name="dimension">Width of the vectors.</param>
    /// <param name="options">Options; invalid ones throw an <see cref="ArgumentException"/> that lists all of them.</param>
    /// <param name="seed">Seed of weights, order and restarts.</param>
    /// <param name="device">Where to train.</param>
    /// <exception cref="ArgumentException">Too few vectors, or one that is not finite; the message names the row.</exception>
    /// <exception cref="InvalidOperationException">All rows got one and the same code, or the checkpoint is of another fit.</exception>
    /// <exception cref="OperationCanceledException">The token of the options was cancelled; a checkpoint stays.</exception>
    public static ResidualVectorQuantizer Fit(ReadOnlyMemory<float> vectors, int dimension, ResidualQuantizerOptions options, int seed, ComputeDevice device = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        int rows = RowCheck.Count(vectors.Span, dimension, fewest: 2);
        int codebookSize = Math.Min(options.CodebookSize, Math.Max(2, rows / 8));
        var place = device.Resolve();
        try
        {
            return Fit(vectors, rows, dimension, options, codebookSize, seed, place);
        }
        catch (ExternalException error) when (DeviceMemory.IsOut(error))
        {
            throw DeviceMemory.Out(error, place, nameof(ResidualQuantizerOptions), options.BatchSize, nameof(options.HiddenWidths));
        }
    }

    private static ResidualVectorQuantizer Fit(ReadOnlyMemory<float> vectors, int rows, int dimension, ResidualQuantizerOptions options, int codebookSize, int seed, Device place)
    {
        using var scope = NewDisposeScope();
        using var raw = tensor(vectors.ToArray(), rows, dimension, device: place);
        var scale = InputScale.Fit(raw, options.InputNorm);
        var input = scale.Apply(raw);
        raw.Dispose();
        var coding = VectorCoding.Fit(input, codebookSize, options, seed);
        var codes = new int[rows * coding.Codebooks.Levels];
        for (int first = 0; first < rows; first += Block)
            coding.Encode(input.narrow(0, first, Math.Min(Block, rows - first))).CopyTo(codes, first * coding.Codebooks.Levels);
        return new(coding, scale, codebookSize, options, place, HealthMeasure.Of(input, codes, coding, codebookSize, seed));
    }

    /// <summary>Codes and quantized vectors of vectors [count, InputDimension].</summary>
    /// <param name="vectors">[count, InputDimension], finite.</param>
    /// <param name="codes">Receives [count, T]; may be empty.</param>
    /// <param name="quantized">Receives x̂ = Σ chosen codes, [count, Dimension]; may be empty.</param>
    /// <exception cref="ArgumentException">A vector is not finite, or a buffer is too small.</exception>
    public void Encode(ReadOnlySpan<float> vectors, Span<int> codes, Span<float> quantized)
    {
        int rows = RowCheck.Count(vectors, InputDimension, fewest: 0);
        if (!codes.IsEmpty && codes.Length != rows * Levels || !quantized.IsEmpty && quantized.Length != rows * Dimension)
            throw new ArgumentException($"Expected room for {rows * Levels} codes and {rows * Dimension} values (or none), found {codes.Length} and {quantized.Length}.");
        for (int first = 0; first < rows; first += Block)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            int count = Math.Min(Block, rows - first);
            var input = tensor(vectors.Slice(first * InputDimension, count * InputDimension).ToArray(), count, InputDimension, device: _device);
            int[] found = _coding.Encode(_scale.Apply(input));
            if (!codes.IsEmpty) found.CopyTo(codes[(first * Levels)..]);
            if (!quantized.IsEmpty) HostMemory.Copy(_coding.Codebooks.Sum(found, Levels), quantized.Slice(first * Dimension, count * Dimension));
        }
    }

    /// <summary>Quantized vectors of stored codes: the same values that <see cref="Encode"/> returned with them.</summary>
    /// <param name="codes">[count, T].</param>
    /// <returns>x̂, [count, Dimension].</returns>
    /// <exception cref="ArgumentException">A code is out of its level's range.</exception>
    public float[] Decode(ReadOnlySpan<int> codes)
    {
        int rows = CheckCodes(codes);
        var quantized = new float[rows * Dimension];
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        if (rows > 0) HostMemory.Copy(_coding.Codebooks.Sum(codes.ToArray(), Levels), quantized);
        return quantized;
    }

    /// <summary>‖x − Σ_(s≤t) c^s‖² of each row after each level t: how far it stands from what its codes say so far.</summary>
    /// <param name="vectors">[count, InputDimension], finite.</param>
    /// <param name="codes">Their codes, [count, T].</param>
    /// <returns>[count, T], in the space of the code vectors: the encoder's for an RQ-VAE, that of the scaled input for the others.</returns>
    /// <exception cref="ArgumentException">A vector is not finite, a code is out of its level's range, or there are not as many rows of both.</exception>
    public float[] SquaredResiduals(ReadOnlySpan<float> vectors, ReadOnlySpan<int> codes)
    {
        int rows = RowCheck.Count(vectors, InputDimension, fewest: 0);
        if (CheckCodes(codes) is var coded && coded != rows) throw new ArgumentException($"Expected codes of {rows} rows, found those of {coded}.", nameof(codes));
        var residuals = new float[codes.Length];
        for (int first = 0; first < rows; first += Block)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            int count = Math.Min(Block, rows - first);
            var input = tensor(vectors.Slice(first * InputDimension, count * InputDimension).ToArray(), count, InputDimension, device: _device);
            var squares = _coding.SquaredResiduals(_scale.Apply(input), codes.Slice(first * Levels, count * Levels).ToArray());
            HostMemory.Copy(squares, residuals.AsSpan(first * Levels, count * Levels));
        }
        return residuals;
    }

    /// <summary>Σ‖v − v̂‖² / Σ‖v − v̄‖² of codes up to each level, [T], with v̄ the mean of these rows: 1 tells them apart no better than their mean. NaN where all rows are alike.</summary>
    /// <param name="vectors">[N, InputDimension], finite.</param>
    /// <param name="codes">Their codes, [N, T].</param>
    internal double[] RelativeErrors(float[] vectors, int[] codes)
    {
        int rows = RowCheck.Count(vectors, InputDimension, fewest: 1);
        if (CheckCodes(codes) is var coded && coded != rows) throw new ArgumentException($"Expected codes of {rows} rows, found those of {coded}.", nameof(codes));
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var scaled = _scale.Apply(tensor(vectors, rows, InputDimension, device: _device));
        double spread = Scalars.Square(Scalars.Subtract(scaled, scaled.mean([0L]))).sum().item<float>();
        return [.. HealthMeasure.SquaredErrors(scaled, codes, _coding).Errors.Select(error => spread > 0 ? error / spread : double.NaN)];
    }

    /// <summary>Reconstructed vectors v̂ of stored codes, in the units of the input, [count, InputDimension].</summary>
    /// <param name="codes">[count, T].</param>
    /// <exception cref="ArgumentException">A code is out of its level's range.</exception>
    public float[] Reconstruct(ReadOnlySpan<int> codes)
    {
        int rows = CheckCodes(codes);
        var vectors = new float[rows * InputDimension];
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        if (rows > 0) HostMemory.Copy(_scale.Undo(_coding.Decode(_coding.Codebooks.Sum(codes.ToArray(), Levels))), vectors);
        return vectors;
    }

    /// <summary>The code vectors of one level, [LevelSizes[level], Dimension].</summary>
    public float[] Codebook(int level)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(level, Levels);
        using var scope = NewDisposeScope();
        return HostMemory.ToArray<float>(_coding.Codebooks[level]);
    }

    /// <summary>Stores everything needed to encode.</summary>
    public TensorDictionary Save()
    {
        var target = new TensorDictionary();
        target.Add("options", [InputDimension, Levels, CodebookSize, _options.Dimension, (int)Quantizer, _options.BeamWidth], 6);
        target.Add("options.hidden_widths", [.. _options.HiddenWidths], _options.HiddenWidths.Count);
        target.Add("options.level_sizes", [.. LevelSizes], Levels);
        target.Add("scale.mean", _scale.Mean, InputDimension);
        target.Add("scale.factor", [_scale.Factor], 1);
        target.Add("health.levels", [.. Health.Levels.SelectMany(level => new[] { level.ActiveRatio, level.Perplexity, level.RelativeError, level.RandomError }).Select(value => (float)value)], Levels, 4);
        target.Add("health.collisions", [(float)Health.CollisionRate, (float)Health.RandomCollisionRate], 2);
        _coding.Save(target);
        return target;
    }

    /// <summary>Restores what <see cref="Save"/> stored; its codes are the same.</summary>
    /// <exception cref="InvalidDataException">An entry is missing or damaged; the message names it.</exception>
    public static ResidualVectorQuantizer Load(TensorDictionary tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var o = tensors.Ints("options", 6);
        var options = new ResidualQuantizerOptions
        {
            Levels = o[1], CodebookSize = o[2], Dimension = o[3], Quantizer = (Quantizer)o[4], BeamWidth = o[5], HiddenWidths = tensors.Ints("options.hidden_widths", -1),
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The stored quantizer is damaged: {e.Message}", e);
        }
        int[] sizes = tensors.Ints("options.level_sizes", options.Levels);
        if (sizes.Any(size => size < 1 || size > options.CodebookSize))
            throw new InvalidDataException($"Expected levels of 1 to {options.CodebookSize} codes, found {string.Join(", ", sizes)}.");
        var scale = new InputScale(tensors.Floats("scale.mean", o[0]), tensors.Floats("scale.factor", 1)[0]);
        var levels = tensors.Floats("health.levels", options.Levels, 4).Chunk(4).Select(x => new LevelHealth(x[0], x[1], x[2], x[3])).ToArray();
        float[] collisions = tensors.Floats("health.collisions", 2);
        return new(VectorCoding.Load(tensors, o[0], sizes, options), scale, options.CodebookSize, options, CPU, new(levels, collisions[0], collisions[1]));
    }

    private int CheckCodes(ReadOnlySpan<int> codes)
    {
        if (codes.Length % Levels != 0) throw new ArgumentException($"Expected a multiple of {Levels} codes, found {codes.Length}.", nameof(codes));
        for (int i = 0; i < codes.Length; i++)
            if ((uint)codes[i] >= (uint)LevelSizes[i % Levels])
                throw new ArgumentException($"Expected codes from 0 to {LevelSizes[i % Levels] - 1} in level {i % Levels}, found {codes[i]} in row {i / Levels}.", nameof(codes));
        return codes.Length / Levels;
    }
}
