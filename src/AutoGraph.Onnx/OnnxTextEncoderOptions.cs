using Microsoft.ML.OnnxRuntime;

namespace AutoGraph.Onnx;

/// <summary>Settings of <see cref="OnnxTextEncoder"/>.</summary>
public sealed record OnnxTextEncoderOptions
{
    /// <summary>The encoder's window in tokens, 1 or more; default 128. Models cut or fail beyond theirs: see the model's card.</summary>
    public int MaxTokens { get; init; } = 128;

    /// <summary>Chunks per run of the model, 1 or more; default 32. Has no influence on the vectors beyond rounding.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>
    /// Whether a text longer than the window is split on sentence borders (a sentence longer than the window: on words),
    /// its chunks embedded and averaged by token count; default true. False cuts the text off at the window.
    /// </summary>
    public bool Chunking { get; init; } = true;

    /// <summary>
    /// How to pool the token vectors. Default null: take the output <c>sentence_embedding</c> where the model has one, else
    /// the mean over <c>last_hidden_state</c>. A value always pools the token vectors.
    /// </summary>
    public TokenPooling? Pooling { get; init; }

    /// <summary>Changes the session's options before the model is loaded, for instance to add CUDA; default null (CPU).</summary>
    public Action<SessionOptions>? ConfigureSession { get; init; }

    internal void Validate()
    {
        List<string> errors = [];
        if (MaxTokens < 1) errors.Add($"expected MaxTokens of 1 or more, found {MaxTokens}");
        if (BatchSize < 1) errors.Add($"expected BatchSize of 1 or more, found {BatchSize}");
        if (Pooling is { } pooling && !Enum.IsDefined(pooling)) errors.Add($"expected Pooling Mean, Cls or Last, found {(int)pooling}");
        if (errors.Count > 0) throw new ArgumentException($"Encoder options: {string.Join("; ", errors)}.");
    }
}
