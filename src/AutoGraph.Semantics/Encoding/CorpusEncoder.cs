using System.Numerics.Tensors;
using System.Security.Cryptography;
using Microsoft.Extensions.AI;

namespace AutoGraph.Semantics.Encoding;

/// <summary>The encoder that needs no file: TF-IDF and truncated SVD (latent semantic analysis), fitted on the texts at hand.</summary>
/// <remarks>
/// <para>Vector of a text: its TF-IDF weights x [V] times the right singular vectors [V, D] of the corpus, scaled to length 1. D is the number
/// asked for, or the rank of the corpus where that is lower. A text without known words gets the zero vector, never NaN.</para>
/// <para>Words are runs of letters and digits: languages written without spaces need another encoder. Immutable; safe for concurrent use.</para>
/// </remarks>
public sealed class CorpusEncoder : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly TermWeights _terms;
    private readonly float[] _projection; // [V, D]
    private readonly EmbeddingGeneratorMetadata _metadata;

    private CorpusEncoder(TermWeights terms, float[] projection, float[] singularValues)
    {
        (_terms, _projection, SingularValues) = (terms, projection, singularValues);
        using var bytes = new MemoryStream();
        Write(bytes);
        ModelId = $"corpus@{Convert.ToHexStringLower(SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)))[..12]}";
        _metadata = new("autograph", providerUri: null, ModelId, Dimension);
    }

    /// <summary>Identifies the fitted encoder: a hash of all it holds.</summary>
    public string ModelId { get; }

    /// <summary>Values per vector.</summary>
    public int Dimension => SingularValues.Count;

    /// <summary>Number of known words.</summary>
    public int VocabularySize => _terms.Terms.Length;

    /// <summary>[D] singular values of the corpus, largest first: how much each dimension carries.</summary>
    public IReadOnlyList<float> SingularValues { get; }

    /// <summary>Fits an encoder on a corpus. The same texts, options and seed give the same encoder, bit by bit.</summary>
    /// <exception cref="ArgumentException">Options are out of range, or no word is left.</exception>
    public static CorpusEncoder Fit(IEnumerable<string> texts, CorpusEncoderOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options ??= new();
        options.Validate();
        string[] corpus = [.. texts];
        var terms = TermWeights.Fit(corpus, options);
        cancellationToken.ThrowIfCancellationRequested();
        var matrix = new SparseRows(terms.Terms.Length, [.. corpus.AsParallel().AsOrdered().Select(terms.Weigh)]);
        var (values, vectors) = RandomizedSvd.Right(matrix, options.Dimensions, options.Oversampling, options.PowerIterations, options.Seed, cancellationToken);
        return new(terms, Array.ConvertAll(vectors.ToRowMajorArray(), x => (float)x), Array.ConvertAll(values, x => (float)x));
    }

    /// <summary>Encodes one text.</summary>
    /// <returns>[D] vector of length 1, or 0 where no word is known.</returns>
    public float[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (columns, weights) = _terms.Weigh(text);
        var vector = new float[Dimension];
        foreach (var (column, weight) in columns.Zip(weights))
            TensorPrimitives.MultiplyAdd(_projection.AsSpan(column * Dimension, Dimension), weight, vector, vector);
        var norm = TensorPrimitives.Norm<float>(vector);
        if (norm > 0) TensorPrimitives.Divide(vector, norm, vector);
        return vector;
    }

    /// <inheritdoc/>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } asked && asked != Dimension)
            throw new ArgumentException($"Expected {Dimension} dimensions (those of {ModelId}), found {asked}.", nameof(options));
        string[] texts = [.. values];
        return Task.Run(
            () => new GeneratedEmbeddings<Embedding<float>>(
                texts.AsParallel().AsOrdered().WithCancellation(cancellationToken).Select(t => new Embedding<float>(Encode(t)) { ModelId = ModelId })),
            cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Writes the whole encoder; the stream stays open.</summary>
    public void Write(Stream stream) => CorpusEncoderFormat.Write(stream, _terms, _projection, SingularValues);

    /// <summary>Reads what <see cref="Write"/> wrote; the stream stays open.</summary>
    /// <exception cref="InvalidDataException">The stream holds something else, or is cut off.</exception>
    public static CorpusEncoder Read(Stream stream)
    {
        var (terms, projection, singularValues) = CorpusEncoderFormat.Read(stream);
        return new(terms, projection, singularValues);
    }

    /// <summary>Does nothing: there is nothing to release.</summary>
    public void Dispose()
    {
    }
}
