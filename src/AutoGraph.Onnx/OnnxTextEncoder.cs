using System.Security.Cryptography;
using Microsoft.Extensions.AI;

namespace AutoGraph.Onnx;

/// <summary>A sentence encoder in ONNX format: text → unit vector.</summary>
/// <remarks>
/// <para>Loads a folder as Hugging Face exports it: <c>model.onnx</c> (inputs <c>input_ids</c>, <c>attention_mask</c>, optionally <c>token_type_ids</c>
/// and <c>position_ids</c>; without a mask only chunks of one length share a run; output <c>sentence_embedding</c> or <c>last_hidden_state</c>) and the tokenizer: <c>tokenizer.json</c> or <c>vocab.txt</c> of a WordPiece
/// model (BERT, MiniLM, BGE, GTE, E5), or a SentencePiece model (<c>*.model</c>). A Unigram <c>tokenizer.json</c> beside the latter (XLM-RoBERTa, T5) gives the ids of
/// its pieces and the tokens around a text.</para>
/// <para>A text longer than the window is split into chunks c with n_c tokens (special ones and prefix not counted); its vector is Σ n_c·v_c / Σ n_c, scaled to length 1.
/// A text without tokens (empty, white space) gets the zero vector.</para>
/// <para>Safe for concurrent use. The application brings the native library: package Microsoft.ML.OnnxRuntime or Microsoft.ML.OnnxRuntime.Gpu.</para>
/// </remarks>
public sealed class OnnxTextEncoder : IEmbeddingGenerator<string, Embedding<float>>
{
    private const int DefaultMaxTokens = 128;

    private readonly EncoderSession _session;
    private readonly UseCount _uses = new();
    private readonly OnnxTextEncoderOptions _options;
    private readonly EmbeddingGeneratorMetadata _metadata;

    private readonly int[] _before; // special tokens and prefix
    private readonly int _window;   // tokens left for the text

    private OnnxTextEncoder(EncoderSession session, EncoderFolder files, OnnxTextEncoderOptions options, int maxTokens)
    {
        (_session, Vocabulary, _options, ModelId) = (session, files.Tokens, options, files.Identify() + Settings(options, maxTokens, session.Pooling));
        _before = [.. Vocabulary.Before, .. Vocabulary.Encode(options.Prefix)];
        _window = maxTokens - _before.Length - Vocabulary.After.Length;
        _metadata = new("onnx", providerUri: null, ModelId, session.Dimension);
    }

    /// <summary>Identifies what the vectors depend on: model name, hashes of model (external data included) and tokenizer (of both its files for Unigram), and settings other than those that the files imply.</summary>
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
        var files = EncoderFolder.Open(folder, options.ModelFile);
        var maxTokens = options.MaxTokens ?? files.Settings.MaxTokens ?? DefaultMaxTokens;
        var around = files.Tokens.Before.Length + files.Tokens.After.Length + files.Tokens.Encode(options.Prefix).Length;
        if (around >= maxTokens)
            throw new ArgumentException($"Encoder options: expected MaxTokens above the {around} special tokens and prefix, found {maxTokens}.", nameof(options));
        return new(EncoderSession.Load(files.Model, options, files.Settings), files, options, maxTokens);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A text is null, or <paramref name="options"/> asks for another dimension.</exception>
    /// <exception cref="ObjectDisposedException">The encoder is disposed.</exception>
    /// <exception cref="InvalidOperationException">Memory does not do for a run of <see cref="OnnxTextEncoderOptions.BatchSize"/> chunks.</exception>
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

    /// <summary>Frees the model once the calls under way have ended; further ones throw an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        if (_uses.Close()) _session.Dispose();
    }

    internal ITextTokens Vocabulary { get; }

    /// <summary>Token ids of each chunk of a text, without those around it.</summary>
    internal List<int[]> Chunk(string text) =>
        _options.Chunking ? TextChunks.Split(text, _window, Vocabulary.Encode)
        : Vocabulary.Encode(text) is { Length: > 0 } ids ? [ids[..Math.Min(ids.Length, _window)]]
        : [];

    private GeneratedEmbeddings<Embedding<float>> Generate(string[] texts, CancellationToken cancellationToken)
    {
        _uses.Enter(this);
        try
        {
            return Encode(texts, cancellationToken);
        }
        finally
        {
            _uses.Leave();
        }
    }

    private GeneratedEmbeddings<Embedding<float>> Encode(string[] texts, CancellationToken cancellationToken)
    {
        var chunks = new List<(int Text, int[] Ids)>();
        for (var t = 0; t < texts.Length; t++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var ids in Chunk(texts[t])) chunks.Add((t, ids));
        }
        var vectors = new float[chunks.Count][];
        var around = _before.Length + Vocabulary.After.Length;
        foreach (var batch in ChunkBatches.Of([.. chunks.Select(c => around + c.Ids.Length)], _options.BatchSize, _session.HasMask))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var results = _session.Run([.. batch.Select(c => (int[])[.. _before, .. chunks[c].Ids, .. Vocabulary.After])]);
            for (var b = 0; b < batch.Length; b++) vectors[batch[b]] = results[b];
        }

        var sums = new double[texts.Length][];
        for (var c = 0; c < chunks.Count; c++)
        {
            var sum = sums[chunks[c].Text] ??= new double[Dimension];
            for (var d = 0; d < sum.Length; d++) sum[d] += (double)chunks[c].Ids.Length * vectors[c][d];
        }
        var tokens = chunks.Sum(c => (long)around + c.Ids.Length);
        return new(sums.Select(sum => new Embedding<float>(Normalize(sum)) { ModelId = ModelId }))
        {
            Usage = new() { InputTokenCount = tokens, TotalTokenCount = tokens },
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

    private static string Settings(OnnxTextEncoderOptions options, int maxTokens, TokenPooling? pooling) =>
        (maxTokens == DefaultMaxTokens ? "" : $"+tokens={maxTokens}")
        + (options.Chunking ? "" : "+cut")
        + (options.Pooling is null && pooling is not (TokenPooling.Cls or TokenPooling.Last) ? "" : $"+{pooling}")
        + (string.IsNullOrWhiteSpace(options.Prefix) ? "" : $"+prefix={Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(options.Prefix.Trim())))[..8]}");
}
