using Microsoft.ML.OnnxRuntime;

namespace AutoGraph.Onnx;

/// <summary>An ONNX session whose inputs and outputs are known to be those of a text encoder. Safe for concurrent use.</summary>
internal sealed class EncoderSession : IDisposable
{
    private static readonly string[] SentenceOutputs = ["sentence_embedding"];
    private static readonly string[] TokenOutputs = ["last_hidden_state", "token_embeddings"];
    private static readonly string[] KnownInputs = ["input_ids", "attention_mask", "token_type_ids", "position_ids"];

    private readonly InferenceSession _session;
    private readonly string _path;
    private readonly string[] _inputs;
    private readonly string _output;
    private readonly TokenPooling? _pooling;

    private EncoderSession(InferenceSession session, string path, TokenPooling? pooling, TokenPooling? usual)
    {
        (_session, _path) = (session, path);
        _inputs = [.. session.InputMetadata.Keys];
        if (!_inputs.Contains("input_ids") || _inputs.Except(KnownInputs).Any() || session.InputMetadata.Any(i => i.Value.ElementType != typeof(long)))
            throw Wrong("int64 inputs input_ids, attention_mask and, at most, token_type_ids and position_ids", Describe(session.InputMetadata));
        var outputs = session.OutputMetadata;
        var sentence = pooling is null ? SentenceOutputs.FirstOrDefault(outputs.ContainsKey) : null;
        _pooling = sentence is null ? pooling ?? usual ?? TokenPooling.Mean : null;
        var output = sentence ?? TokenOutputs.FirstOrDefault(outputs.ContainsKey);
        if (output is null || outputs[output].ElementType != typeof(float) || outputs[output].Dimensions.Length != (_pooling is null ? 2 : 3))
            throw Wrong(
                (pooling is null ? "a float32 output sentence_embedding [batch, dimension] or " : "a float32 output ") + "last_hidden_state [batch, sequence, dimension]",
                Describe(outputs));
        _output = output;
        // A run with one token: it tells the dimension where the metadata leave it open, and a model that cannot run fails here.
        Dimension = Run([[1]])[0].Length;
    }

    public int Dimension { get; }

    /// <summary>How token vectors are pooled; null where the model does it.</summary>
    public TokenPooling? Pooling => _pooling;

    public static EncoderSession Load(string path, OnnxTextEncoderOptions options, TokenPooling? usual)
    {
        var session = options.GpuDeviceId is { } gpu ? OpenOnGpu(path, options, gpu) : NativeRuntime.Call(() => Open(path, options, null));
        try
        {
            return new(session, path, options.Pooling, usual);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static InferenceSession OpenOnGpu(string path, OnnxTextEncoderOptions options, int gpu)
    {
        try
        {
            return Open(path, options, gpu);
        }
        // The package for the CPU lacks the provider or its entry point; that for CUDA may find no driver, no such device, or no CUDA libraries.
        catch (Exception error) when (error is OnnxRuntimeException or EntryPointNotFoundException)
        {
            string reason = error.Message.Split('\n')[0].Trim().TrimEnd('.');
            if (!options.FallbackToCpu)
                throw new InvalidOperationException(
                    $"Expected ONNX Runtime with CUDA device {gpu} for the text encoder, found none ({reason}). Reference Microsoft.ML.OnnxRuntime.Gpu in place of " +
                    $"Microsoft.ML.OnnxRuntime, or set {nameof(OnnxTextEncoderOptions)}.{nameof(options.FallbackToCpu)} = true.", error);
            options.Log?.Invoke($"The text encoder runs on the CPU: CUDA device {gpu} cannot be used ({reason}).");
            return NativeRuntime.Call(() => Open(path, options, null));
        }
    }

    private static InferenceSession Open(string path, OnnxTextEncoderOptions options, int? gpu)
    {
        using var sessionOptions = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        if (gpu is { } device) sessionOptions.AppendExecutionProvider_CUDA(device);
        options.ConfigureSession?.Invoke(sessionOptions);
        try
        {
            return new InferenceSession(path, sessionOptions);
        }
        catch (OnnxRuntimeException e) when (gpu is null)
        {
            throw new InvalidDataException($"Expected an ONNX model in '{path}', found a file that ONNX Runtime does not load: {e.Message}", e);
        }
    }

    /// <summary>One vector per row of token ids; rows are padded on the right.</summary>
    public float[][] Run(IReadOnlyList<int[]> rows)
    {
        int batch = rows.Count, width = rows.Max(row => row.Length); // B, S
        long[] ids = new long[batch * width], mask = new long[batch * width], positions = new long[batch * width];
        for (var b = 0; b < batch; b++)
            for (var s = 0; s < rows[b].Length; s++)
                (ids[b * width + s], mask[b * width + s], positions[b * width + s]) = (rows[b][s], 1, s);
        var values = _inputs.ToDictionary(
            name => name,
            name => OrtValue.CreateTensorValueFromMemory(
                name switch { "input_ids" => ids, "attention_mask" => mask, "position_ids" => positions, _ => new long[batch * width] }, [batch, width]));
        try
        {
            using var run = new RunOptions();
            using var results = _session.Run(run, values, [_output]);
            return Pool(results[0], rows, width);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidDataException($"The encoder '{_path}' failed on a batch of {batch} × {width} tokens; is its window shorter than MaxTokens? ({e.Message})", e);
        }
        finally
        {
            foreach (var value in values.Values) value.Dispose();
        }
    }

    public void Dispose() => _session.Dispose();

    private float[][] Pool(OrtValue result, IReadOnlyList<int[]> rows, int width)
    {
        var shape = result.GetTensorTypeAndShape().Shape; // [B, D] or [B, S, D]
        if (shape[0] != rows.Count || (_pooling is not null && shape[1] != width) || shape[^1] < 1)
            throw Wrong($"output {_output} of shape [{rows.Count}, {(_pooling is null ? "" : $"{width}, ")}dimension]", $"[{string.Join(", ", shape)}]");
        var data = result.GetTensorDataAsSpan<float>();
        var dimension = (int)shape[^1];
        var vectors = new float[rows.Count][];
        for (var b = 0; b < vectors.Length; b++)
        {
            var length = rows[b].Length;
            if (_pooling is null)
            {
                vectors[b] = data.Slice(b * dimension, dimension).ToArray();
                continue;
            }
            var tokens = data.Slice(b * width * dimension, length * dimension); // [S, D]
            vectors[b] = _pooling switch
            {
                TokenPooling.Cls => tokens[..dimension].ToArray(),
                TokenPooling.Last => tokens[^dimension..].ToArray(),
                _ => Mean(tokens, length, dimension),
            };
        }
        return vectors;
    }

    private static float[] Mean(ReadOnlySpan<float> tokens, int length, int dimension)
    {
        var mean = new float[dimension];
        for (var s = 0; s < length; s++)
            for (var d = 0; d < dimension; d++)
                mean[d] += tokens[s * dimension + d] / length;
        return mean;
    }

    private static string Describe(IReadOnlyDictionary<string, NodeMetadata> nodes) =>
        string.Join(", ", nodes.Select(n => $"{n.Key} ({(n.Value.IsTensor ? $"{n.Value.ElementType.Name} [{string.Join(", ", n.Value.Dimensions)}]" : n.Value.OnnxValueType)})"));

    private InvalidDataException Wrong(string expected, string found) => new($"Expected {expected} in the text encoder '{_path}', found {found}.");
}
