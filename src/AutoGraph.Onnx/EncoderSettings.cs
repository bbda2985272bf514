using System.Text.Json;

namespace AutoGraph.Onnx;

/// <summary>What the small files beside a model say: Hugging Face's <c>tokenizer_config.json</c>, sentence-transformers' <c>sentence_bert_config.json</c> and <c>1_Pooling/config.json</c>.</summary>
internal sealed record EncoderSettings
{
    // tokenizer_config.json writes 1e30 where a tokenizer knows no limit.
    private const double NoLimit = 1e9;

    private static readonly string PoolingName = Path.Combine("1_Pooling", "config.json");

    /// <summary>The pooling that the folder asks for; null where it says nothing.</summary>
    /// <exception cref="InvalidDataException">It asks for one that there is not here. Only who would pool so needs to know.</exception>
    public TokenPooling? UsualPooling() => Pooling is null && PoolingFile is { } path
        ? throw new InvalidDataException(
            $"Expected pooling_mode_cls_token, pooling_mode_mean_tokens or pooling_mode_lasttoken in '{path}', found another mode; set {nameof(OnnxTextEncoderOptions)}.{nameof(OnnxTextEncoderOptions.Pooling)}.")
        : Pooling;

    private TokenPooling? Pooling { get; init; }
    private string? PoolingFile { get; init; }
    public int? MaxTokens { get; private init; }
    public bool? Lowercase { get; private init; }
    public bool? StripAccents { get; private init; }
    public bool? SplitChinese { get; private init; }
    public string? TokenizerClass { get; private init; }
    public bool AddBegin { get; private init; }
    public bool AddEnd { get; private init; }

    public static EncoderSettings Read(string folder)
    {
        var settings = new EncoderSettings();
        Take("tokenizer_config.json", root => settings = settings with
        {
            Lowercase = TokenizerJson.Flag(root, "do_lower_case"),
            StripAccents = TokenizerJson.Flag(root, "strip_accents"),
            SplitChinese = TokenizerJson.Flag(root, "tokenize_chinese_chars"),
            TokenizerClass = TokenizerJson.Text(root, "tokenizer_class"),
            AddBegin = TokenizerJson.Flag(root, "add_bos_token") ?? false,
            AddEnd = TokenizerJson.Flag(root, "add_eos_token") ?? false,
            MaxTokens = Number(root, "model_max_length"),
        });
        Take("sentence_bert_config.json", root => settings = settings with
        {
            MaxTokens = Number(root, "max_seq_length") is { } length ? Math.Min(length, settings.MaxTokens ?? length) : settings.MaxTokens,
            Lowercase = settings.Lowercase ?? (TokenizerJson.Flag(root, "do_lower_case") == true ? true : null),
        });
        Take(PoolingName, root => settings = settings with
        {
            Pooling = TokenizerJson.Flag(root, "pooling_mode_cls_token") == true ? TokenPooling.Cls
                : TokenizerJson.Flag(root, "pooling_mode_lasttoken") == true ? TokenPooling.Last
                : TokenizerJson.Flag(root, "pooling_mode_mean_tokens") == true ? TokenPooling.Mean
                : null,
            PoolingFile = Path.Combine(folder, PoolingName),
        });
        return settings;

        void Take(string name, Action<JsonElement> take)
        {
            var path = Path.Combine(folder, name);
            if (!File.Exists(path)) return;
            try
            {
                using var stream = File.OpenRead(path);
                using var json = JsonDocument.Parse(stream);
                take(json.RootElement);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
            {
                throw new InvalidDataException($"Expected the settings of a text encoder in '{path}': {e.Message}", e);
            }
        }
    }

    private static int? Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 1 and < NoLimit and var number ? (int)number : null;
}
