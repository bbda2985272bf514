using Microsoft.Extensions.AI;

namespace AutoGraph.Onnx;

/// <summary>A sentence encoder in ONNX format: text → unit vector.</summary>
/// <remarks>
/// <para>Loads a folder that holds one <c>*.onnx</c> (inputs <c>input_ids</c>, <c>attention_mask</c>, optionally <c>token_type_ids</c>;
/// output <c>sentence_embedding</c> or <c>last_hidden_state</c>) and one SentencePiece model (<c>*.spm.model</c> or <c>*.model</c>).</para>
/// <para>A text longer than the window is split into chunks c with n_c tokens; its vector is Σ n_c·v_c / Σ n_c, scaled to length 1.
/// A text without tokens (empty, white space) gets the zero vector.</para>
/// <para>Safe for concurrent use. The application brings the native library: package Microsoft.ML.OnnxRuntime or Microsoft.ML.OnnxRuntime.Gpu.</para>
/// </remarks>
public sealed class OnnxTextEncoder : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly EncoderSession _session;
    private readonly OnnxTextEncoderOptions _options;
    private readonly EmbeddingGeneratorMetadata _metadata;

    private OnnxTextEncoder(EncoderSession session, SentencePieceVocabulary vocabulary, OnnxTextEncoderOptions options, string modelId)
    {
        (_session, Vocabulary, _options, ModelId) = (session, vocabulary, options, modelId);
        _metadata = new("onnx", providerUri: null, modelId, session.Dimension);
    }

    /// <summary>Identifies what the vectors depend on: model name, hashes of model and tokenizer, and settings other than the defaults.</summary>
    public string ModelId { get; }

    /// <summary>Number of values of each vector.</summary>
    public int Dimension => _session.Dimension;

    /// <summary>Loads an encoder from its folder.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder lacks the model or the tokenizer.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, ambiguous, or no text encoder.</exception>
    /// <exception cref="InvalidOperationException">The native ONNX Runtime is missing.</exception>
    public static OnnxTextEncoder Load(string folder, OnnxTextEncoderOptions? options = null)
    {
        options ??= new();
        options.Validate();
        var files = EncoderFolder.Open(folder);
        var vocabulary = SentencePieceVocabulary.Load(files.Tokenizer);
        return new(EncoderSession.Load(files.Model, options), vocabulary, options, files.Identify() + Settings(options));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null, or <paramref name="options"/> asks for another dimension.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        string[] texts = [.. values];
        if (texts.AsSpan().IndexOf((string)null!) is >= 0 and var index)
            throw new ArgumentException($"Expected texts, found null at position {index}.", nameof(values));
        if (options?.Dimensions is { } asked && asked != Dimension)
            throw new ArgumentException($"Expected {Dimension} dimensions (those of {ModelId}), found {asked}.", nameof(options));
        return Task.Run(() => Generate(texts, cancellationToken), cancellationToken);
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

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    internal SentencePieceVocabulary Vocabulary { get; }

    /// <summary>Token ids of each chunk of a text.</summary>
    internal List<int[]> Chunk(string text) =>
        _options.Chunking ? TextChunks.Split(text, _options.MaxTokens, Vocabulary.Encode)
        : Vocabulary.Encode(text) is { Length: > 0 } ids ? [ids[..Math.Min(ids.Length, _options.MaxTokens)]]
        : [];

    private GeneratedEmbeddings<Embedding<float>> Generate(string[] texts, CancellationToken cancellationToken)
    {
        var chunks = new List<(int Text, int[] Ids)>();
        for (var t = 0; t < texts.Length; t++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var ids in Chunk(texts[t])) chunks.Add((t, ids));
        }
        var vectors = new float[chunks.Count][];
        // Chunks of like length share a batch: little is spent on padding.
        int[] order = [.. Enumerable.Range(0, chunks.Count).OrderBy(c => chunks[c].Ids.Length)];
        foreach (var batch in order.Chunk(_options.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var results = _session.Run([.. batch.Select(c => chunks[c].Ids)]);
            for (var b = 0; b < batch.Length; b++) vectors[batch[b]] = results[b];
        }

        var sums = new double[texts.Length][];
        for (var c = 0; c < chunks.Count; c++)
        {
            var sum = sums[chunks[c].Text] ??= new double[Dimension];
            for (var d = 0; d < sum.Length; d++) sum[d] += (double)chunks[c].Ids.Length * vectors[c][d];
        }
        return new(sums.Select(sum => new Embedding<float>(Normalize(sum)) { ModelId = ModelId }))
        {
            Usage = new() { InputTokenCount = chunks.Sum(c => (long)c.Ids.Length), TotalTokenCount = chunks.Sum(c => (long)c.Ids.Length) },
        };
    }

    private float[] Normalize(double[]? sum)
    {
        var vector = new float[Dimension];
        if (sum is null) return vector;
        var norm = Math.Sqrt(sum.Sum(x => x * x));
        if (!double.IsFinite(norm)) throw new InvalidDataException($"Expected finite vectors from the encoder {ModelId}, found NaN or infinity.");
        for (var d = 0; norm > 0 && d < vector.Length; d++) vector[d] = (float)(sum[d] / norm);
        return vector;
    }

    private static string Settings(OnnxTextEncoderOptions options)
    {
        var defaults = new OnnxTextEncoderOptions();
        return (options.MaxTokens == defaults.MaxTokens ? "" : $"+tokens={options.MaxTokens}")
            + (options.Chunking ? "" : "+cut")
            + (options.Pooling is { } pooling ? $"+{pooling}" : "");
    }
}
