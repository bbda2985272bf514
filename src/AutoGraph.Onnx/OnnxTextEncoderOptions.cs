using Microsoft.ML.OnnxRuntime;

namespace AutoGraph.Onnx;

/// <summary>Settings of <see cref="OnnxTextEncoder"/>.</summary>
public sealed record OnnxTextEncoderOptions
{
    /// <summary>
    /// The encoder's window in tokens, special ones included, 1 or more. Default null: what the folder says (<c>sentence_bert_config.json</c>,
    /// <c>tokenizer_config.json</c>), else 128. Models cut or fail beyond theirs: see the model's card.
    /// </summary>
    public int? MaxTokens { get; init; }

    /// <summary>
    /// Text set before each text, and before each chunk of a long one, a space between: "query:" or "passage:" for E5, the instruction of a GTE or BGE
    /// query. Default null: none.
    /// </summary>
    public string? Prefix { get; init; }

    /// <summary>The model's file, relative to the folder. Default null: <c>model.onnx</c>, <c>onnx/model.onnx</c>, or the only one there is.</summary>
    public string? ModelFile { get; init; }

    /// <summary>
    /// Chunks per run of the model, 1 or more; default 32. A run has at most 512 times as many tokens, padding counted, or one chunk: longer chunks share one with
    /// fewer. Has no influence on the vectors beyond rounding.
    /// </summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>
    /// Whether a text longer than the window is split on sentence borders (a sentence longer than the window: on words),
    /// its chunks embedded and averaged by token count; default true. False cuts the text off at the window.
    /// </summary>
    public bool Chunking { get; init; } = true;

    /// <summary>
    /// How to pool the token vectors. Default null: take the output <c>sentence_embedding</c> where the model has one, else pool
    /// <c>last_hidden_state</c> as <c>1_Pooling/config.json</c> says, else by the mean. A value always pools the token vectors; the mean over a
    /// decoder's is "LLM as encoder".
    /// </summary>
    public TokenPooling? Pooling { get; init; }

    /// <summary>
    /// CUDA device number, as <c>MLContext.GpuDeviceId</c>, 0 or more; the application references Microsoft.ML.OnnxRuntime.Gpu. Default null: the CPU.
    /// The vectors agree with those of the CPU up to rounding.
    /// </summary>
    public int? GpuDeviceId { get; init; }

    /// <summary>Whether to go on with the CPU where <see cref="GpuDeviceId"/> cannot be used; default false, which throws.</summary>
    public bool FallbackToCpu { get; init; }

    /// <summary>Gets a sentence where the encoder runs on the CPU in place of <see cref="GpuDeviceId"/>; default null.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Changes the session's options before the model is loaded; default null.</summary>
    public Action<SessionOptions>? ConfigureSession { get; init; }

    internal void Validate()
    {
        List<string> errors = [];
        if (MaxTokens < 1) errors.Add($"expected MaxTokens of 1 or more, found {MaxTokens}");
        if (BatchSize < 1) errors.Add($"expected BatchSize of 1 or more, found {BatchSize}");
        if (GpuDeviceId < 0) errors.Add($"expected GpuDeviceId of 0 or more, or null for the CPU, found {GpuDeviceId}");
        if (Pooling is { } pooling && !Enum.IsDefined(pooling)) errors.Add($"expected Pooling Mean, Cls or Last, found {(int)pooling}");
        if (errors.Count > 0) throw new ArgumentException($"Encoder options: {string.Join("; ", errors)}.");
    }
}
