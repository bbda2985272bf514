using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AutoGraph.Semantics.Knowledge;
using AutoGraph.Semantics.Telemetry;
using Microsoft.Extensions.AI;

namespace AutoGraph.Semantics.Encoding;

/// <summary>Texts → unit vectors, through any <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/>; equal texts are encoded once, and stored if there is a store.</summary>
/// <remarks>A vector of length zero (a text about which the encoder knows nothing) stays zero. Safe for concurrent use if the encoder is; disposes neither encoder nor store.</remarks>
public sealed class TextEmbedder
{
    private readonly IEmbeddingGenerator<string, Embedding<float>> _encoder;
    private readonly IKnowledgeStore? _store;
    private readonly TextEmbedderOptions _options;
    private readonly CallTelemetry _telemetry;

    /// <summary>Creates an embedder.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="store">Keeps vectors by encoder and text; null keeps none.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range, or there is a store, but neither options nor encoder name the model.</exception>
    public TextEmbedder(IEmbeddingGenerator<string, Embedding<float>> encoder, IKnowledgeStore? store = null, TextEmbedderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        (_encoder, _store, _options) = (encoder, store, options ?? new());
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.BatchSize, 1, nameof(options));
        var metadata = encoder.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata;
        EncoderId = _options.EncoderId ?? (metadata?.DefaultModelId is { Length: > 0 } model ? $"{metadata.ProviderName ?? "?"}:{model}" : "");
        if (store is not null && string.IsNullOrWhiteSpace(EncoderId))
            throw new ArgumentException("Expected the id of the encoder, because vectors are stored by it, found none: set TextEmbedderOptions.EncoderId.", nameof(options));
        Dimension = metadata?.DefaultModelDimensions;
        _telemetry = CallTelemetry.Embeddings(encoder, EncoderId);
    }

    /// <summary>
    /// What vectors are stored by: <c>provider:model</c> of the encoder's metadata, or the option. Where the store has a text's vector of another dimension than the encoder
    /// announces, that one stays, and the encoder's is stored by this id, <c>#</c> and the dimension.
    /// </summary>
    public string EncoderId { get; }

    /// <summary>Values per vector as the encoder announces them, or null.</summary>
    public int? Dimension { get; }

    /// <summary>Encodes texts.</summary>
    /// <param name="texts">N texts; may be empty, not null.</param>
    /// <param name="progress">Told the number of distinct texts done.</param>
    /// <param name="cancellationToken">Stops between batches; stored vectors are kept.</param>
    /// <returns>[N, D] rows of length 1 (or 0).</returns>
    /// <exception cref="InvalidDataException">The encoder returns too few vectors, vectors of differing dimension, or values that are not finite.</exception>
    public async Task<float[,]> EmbedAsync(IReadOnlyList<string> texts, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var vectors = new Dictionary<string, float[]>(StringComparer.Ordinal);
        List<string> missing = [];
        var others = new HashSet<string>(StringComparer.Ordinal); // stored in another dimension
        var dimension = Dimension;
        for (var n = 0; n < texts.Count; n++)
        {
            var text = texts[n] ?? throw new ArgumentException($"Expected texts, found null at position {n}.", nameof(texts));
            if (!vectors.TryAdd(text, [])) continue;
            if (Find(text, others) is { } known) vectors[text] = Check(known, text, ref dimension);
            else missing.Add(text);
        }
        var done = vectors.Count - missing.Count;
        if (done > 0) KnowledgeTelemetry.EmbeddingCacheHits.Add(done, _telemetry.Tags);
        progress?.Report(done);
        foreach (var batch in missing.Chunk(_options.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var embeddings = await EncodeAsync(batch, cancellationToken).ConfigureAwait(false);
            if (embeddings.Count != batch.Length)
                throw new InvalidDataException($"Expected {batch.Length} vectors from the encoder {EncoderId}, found {embeddings.Count}.");
            foreach (var (text, embedding) in batch.Zip(embeddings))
                vectors[text] = Normalize(Check(embedding.Vector.ToArray(), text, ref dimension));
            foreach (var group in batch.GroupBy(others.Contains))
                _store?.AddEmbeddings(group.Key ? IdOfDimension : EncoderId, [.. group.Select(text => KeyValuePair.Create(KnowledgeSource.Hash(text), vectors[text]))]);
            progress?.Report(done += batch.Length);
        }

        var result = new float[texts.Count, dimension ?? 0];
        for (var n = 0; n < texts.Count; n++) vectors[texts[n]].CopyTo(MemoryMarshal.CreateSpan(ref result[n, 0], result.GetLength(1)));
        return result;
    }

    private async Task<GeneratedEmbeddings<Embedding<float>>> EncodeAsync(string[] batch, CancellationToken cancellationToken)
    {
        using var activity = _telemetry.Start();
        var started = Stopwatch.GetTimestamp();
        try
        {
            var embeddings = await _encoder.GenerateAsync(batch, cancellationToken: cancellationToken).ConfigureAwait(false);
            _telemetry.End(activity, Stopwatch.GetElapsedTime(started), embeddings.Usage, errorType: null);
            KnowledgeTelemetry.EmbeddingTexts.Add(batch.Length, _telemetry.Tags);
            return embeddings;
        }
        catch (Exception e)
        {
            _telemetry.End(activity, Stopwatch.GetElapsedTime(started), null, e.GetType().FullName);
            throw;
        }
    }

    // A model can give vectors of several dimensions. One of another than the encoder announces stays in the store by the plain id; ours has its place by this one.
    private string IdOfDimension => string.Create(CultureInfo.InvariantCulture, $"{EncoderId}#{Dimension}");

    private float[]? Find(string text, HashSet<string> others)
    {
        if (_store is null) return null;
        var hash = KnowledgeSource.Hash(text);
        var known = _store.FindEmbedding(EncoderId, hash);
        if (known is null || Dimension is null || known.Length == Dimension) return known;
        others.Add(text);
        return _store.FindEmbedding(IdOfDimension, hash);
    }

    private float[] Check(float[] vector, string text, ref int? dimension)
    {
        dimension ??= vector.Length;
        if (vector.Length != dimension || vector.Length == 0)
            throw new InvalidDataException($"Expected {dimension} dimensions from the encoder {EncoderId}, found {vector.Length} for the text '{Head(text)}'.{Remedy}");
        if (vector.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue)) // NaN is in no range
            throw new InvalidDataException($"Expected finite vectors from the encoder {EncoderId}, found NaN or infinity for the text '{Head(text)}'. Try the encoder on this text alone: its model file may be damaged, or of half precision that overflows.");
        return vector;
    }

    // Where the encoder announces no dimension, nothing tells which of two is right.
    private string Remedy => _store is null || Dimension is not null ? ""
        : $" If {(_store is SqliteKnowledgeStore { Path: var path } ? $"the knowledge store '{path}'" : "the knowledge store")} has vectors of another dimension from before, " +
          "let the encoder announce its own (EmbeddingGeneratorMetadata.DefaultModelDimensions), or set TextEmbedderOptions.EncoderId to a new name.";

    private static float[] Normalize(float[] vector)
    {
        // By the largest value first: squares of large values would overflow.
        var scale = MathF.Abs(TensorPrimitives.MaxMagnitude<float>(vector));
        if (scale == 0) return vector;
        TensorPrimitives.Divide(vector, scale, vector);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        return vector;
    }

    private static string Head(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
