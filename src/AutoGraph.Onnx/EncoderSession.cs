using Microsoft.ML.OnnxRuntime;

namespace AutoGraph.Onnx;

/// <summary>An ONNX session whose inputs and outputs are known to be those of a text encoder. Safe for concurrent use.</summary>
internal sealed class EncoderSession : IDisposable
{
    private static readonly string[] SentenceOutputs = ["sentence_embedding"];
    private static readonly string[] TokenOutputs = ["last_hidden_state", "token_embeddings"];

    // ONNX Runtime's arena, CUDA, cuBLAS, and C++ on the CPU
    private static readonly string[] OutOfMemory = ["failed to allocate memory", "smaller than requested bytes", "out of memory", "ALLOC_FAILED", "bad_alloc", "bad allocation"];

    private static readonly string[] KnownInputs = ["input_ids", "attention_mask", "token_type_ids", "position_ids"];

    private readonly InferenceSession _session;
    private readonly string _path;
    private readonly string[] _inputs;
    private readonly string _output;
    private readonly TokenPooling? _pooling;

    private EncoderSession(InferenceSession session, string path, TokenPooling? pooling, EncoderSettings settings)
    {
        (_session, _path) = (session, path);
        _inputs = [.. session.InputMetadata.Keys];
        if (!_inputs.Contains("input_ids") || _inputs.Except(KnownInputs).Any() || session.InputMetadata.Any(i => i.Value.ElementType != typeof(long)))
            throw Wrong("int64 inputs input_ids and, at most, attention_mask, token_type_ids and position_ids", Describe(session.InputMetadata));
        var outputs = session.OutputMetadata;
        var sentence = pooling is null ? SentenceOutputs.FirstOrDefault(outputs.ContainsKey) : null;
        _pooling = sentence is null ? pooling ?? settings.UsualPooling() ?? TokenPooling.Mean : null;
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

    /// <summary>Whether padding can be masked; without it only rows of one length go into a run.</summary>
    public bool HasMask => _inputs.Contains("attention_mask");

    public static EncoderSession Load(string path, OnnxTextEncoderOptions options, EncoderSettings settings)
    {
        var session = NativeRuntime.Call(() => GpuFallback.Open(gpu => Open(path, options, gpu), options));
        try
        {
            return new(session, path, options.Pooling, settings);
        }
        catch
        {
            session.Dispose();
            throw;
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

    /// <summary>One vector per row of token ids; rows are padded on the right, which a model without a mask cannot see: see <see cref="HasMask"/>.</summary>
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
            throw RunFault(_path, batch, width, e);
        }
        finally
        {
            foreach (var value in values.Values) value.Dispose();
        }
    }

    public void Dispose() => _session.Dispose();

    /// <summary>What to do about a run that failed: where memory ended, another window would not help.</summary>
    internal static Exception RunFault(string path, int batch, int width, Exception error) => OutOfMemory.Any(sign => error.Message.Contains(sign, StringComparison.OrdinalIgnoreCase))
        ? new InvalidOperationException(
            $"The encoder '{path}' ran out of memory on a batch of {batch} × {width} tokens: lower {nameof(OnnxTextEncoderOptions)}.{nameof(OnnxTextEncoderOptions.BatchSize)}" +
            $"{(batch == 1 ? $" or {nameof(OnnxTextEncoderOptions.MaxTokens)}" : "")}, or see what else uses the device. ({error.Message})", error)
        : new InvalidDataException($"The encoder '{path}' failed on a batch of {batch} × {width} tokens; is its window shorter than MaxTokens? ({error.Message})", error);

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
