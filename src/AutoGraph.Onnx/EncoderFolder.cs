using System.Security.Cryptography;

namespace AutoGraph.Onnx;

/// <summary>The files of an encoder as Hugging Face and sentence-transformers lay them out.</summary>
internal sealed record EncoderFolder(string Model, string Tokenizer, ITextTokens Tokens, EncoderSettings Settings)
{
    private const string JsonName = "tokenizer.json", TextName = "vocab.txt";

    public static EncoderFolder Open(string folder, string? modelFile)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"Expected a folder with an ONNX text encoder at '{folder}', found no such folder.");
        var model = FindModel(folder, modelFile);
        var settings = EncoderSettings.Read(folder);
        var (path, tokens) = FindTokenizer(folder, settings);
        return new(model, path, tokens, settings);
    }

    /// <summary>Name, short hashes of model (with weights outside of it) and tokenizer, and settings of the tokenizer that its file does not imply: where one differs, it is another encoder.</summary>
    public string Identify()
    {
        var model = Hash(Model);
        if (ExternalData.Files(Model) is { Length: > 0 } weights) model = Hex(System.Text.Encoding.ASCII.GetBytes(string.Concat(weights.Select(Hash).Prepend(model))));
        return $"{Path.GetFileNameWithoutExtension(Model)}@{model[..12]}.{Hash(Tokenizer)[..8]}{Tokens.Settings}";
    }

    private static string FindModel(string folder, string? named)
    {
        if (named is not null)
            return File.Exists(Path.Combine(folder, named)) ? Path.Combine(folder, named)
                : throw new FileNotFoundException($"Expected the model '{named}' in '{folder}', found none.", Path.Combine(folder, named));
        var inner = Path.Combine(folder, "onnx");
        foreach (var usual in (string[])[Path.Combine(folder, "model.onnx"), Path.Combine(inner, "model.onnx")])
            if (File.Exists(usual)) return usual;
        return Single(Directory.Exists(inner) && Directory.GetFiles(folder, "*.onnx").Length == 0 ? inner : folder, "*.onnx", "the model");
    }

    private static (string Path, ITextTokens Tokens) FindTokenizer(string folder, EncoderSettings settings)
    {
        string json = Path.Combine(folder, JsonName), text = Path.Combine(folder, TextName);
        var kind = File.Exists(json) ? WordPieceFiles.KindOf(json) : null;
        if (kind == "WordPiece") return (json, WordPieceFiles.FromJson(json));
        if (File.Exists(text)) return (text, WordPieceFiles.FromText(text, settings));
        if (Directory.GetFiles(folder, "*.model").Length == 0)
            throw kind is null
                ? new FileNotFoundException($"Expected {JsonName} or {TextName} (WordPiece) or one *.model (SentencePiece) in '{folder}', found none.", json)
                : new InvalidDataException($"Expected a WordPiece tokenizer in '{json}', found {kind}. Add the encoder's SentencePiece file (*.model) if it has one.");
        var pieces = Single(folder, "*.model", "its SentencePiece tokenizer, such as tokenizer.spm.model");
        return (pieces, SentencePieceVocabulary.Load(pieces, settings.AddBegin, settings.AddEnd));
    }

    private static string Single(string folder, string pattern, string role)
    {
        string[] found = [.. Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal)];
        return found switch
        {
            [var one] => one,
            [] => throw new FileNotFoundException($"Expected one {pattern} file in '{folder}' ({role}), found none.", Path.Combine(folder, pattern)),
            _ => throw new InvalidDataException($"Expected one {pattern} file in '{folder}' ({role}), found {found.Length}: {string.Join(", ", found.Select(Path.GetFileName))}. Keep one of them there, or name it (OnnxTextEncoderOptions.ModelFile)."),
        };
    }

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
