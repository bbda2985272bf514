using System.Security.Cryptography;

namespace AutoGraph.Onnx;

/// <summary>The files of an encoder as Hugging Face and sentence-transformers lay them out.</summary>
internal sealed record EncoderFolder(string Model, string[] Tokenizer, ITextTokens Tokens, EncoderSettings Settings)
{
    private const string JsonName = "tokenizer.json", TextName = "vocab.txt", PiecesName = "*.model";

    // Python code of these tokenizers numbers the pieces otherwise than the SentencePiece file does (fairseq's order).
    private static readonly string[] Renumbering = ["XLMRoberta", "Camembert", "Barthez", "MBart", "XGLM"];

    public static EncoderFolder Open(string folder, string? modelFile)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"Expected a folder with an ONNX text encoder at '{folder}', found no such folder.");
        var model = FindModel(folder, modelFile);
        var settings = EncoderSettings.Read(folder);
        var (paths, tokens) = FindTokenizer(folder, settings);
        return new(model, paths, tokens, settings);
    }

    /// <summary>Name, short hashes of model (with weights outside of it) and tokenizer, and settings of the tokenizer that its file does not imply: where one differs, it is another encoder.</summary>
    public string Identify()
    {
        var model = Hash(Model);
        if (ExternalData.Files(Model) is { Length: > 0 } weights) model = HashOf(weights.Select(Hash).Prepend(model));
        return $"{Path.GetFileNameWithoutExtension(Model)}@{model[..12]}.{(Tokenizer is [var one] ? Hash(one) : HashOf(Tokenizer.Select(Hash)))[..8]}{Tokens.Settings}";
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

    private static (string[] Paths, ITextTokens Tokens) FindTokenizer(string folder, EncoderSettings settings)
    {
        string json = Path.Combine(folder, JsonName), text = Path.Combine(folder, TextName);
        var kind = File.Exists(json) ? TokenizerJson.KindOf(json) : null;
        if (kind == WordPieceFiles.Kind) return ([json], WordPieceFiles.FromJson(json));
        bool hasPieces = Directory.GetFiles(folder, PiecesName).Length > 0;
        if (File.Exists(text) && !(kind == UnigramPieces.Kind && hasPieces)) return ([text], WordPieceFiles.FromText(text, settings));
        if (!hasPieces)
            throw kind is null
                ? new FileNotFoundException($"Expected {JsonName} or {TextName} (WordPiece) or one *.model (SentencePiece) in '{folder}', found none.", json)
                : new InvalidDataException($"Expected a WordPiece tokenizer in '{json}', found {kind}. Add the encoder's SentencePiece file ({PiecesName}) if it has one.");
        var pieces = Single(folder, PiecesName, "its SentencePiece tokenizer, such as tokenizer.spm.model");
        if (kind == UnigramPieces.Kind) return ([pieces, json], SentencePieceVocabulary.Load(pieces, settings.AddBegin, settings.AddEnd, UnigramPieces.Read(json)));
        if (kind is null) RequireOwnIds(pieces, json, settings);
        return ([pieces], SentencePieceVocabulary.Load(pieces, settings.AddBegin, settings.AddEnd));
    }

    /// <summary>Refuses SentencePiece files whose ids or special tokens are known to be not all that the encoder was trained with: its vectors would be wrong without a word.</summary>
    private static void RequireOwnIds(string pieces, string json, EncoderSettings settings)
    {
        bool Is(string prefix) => settings.TokenizerClass?.StartsWith(prefix, StringComparison.Ordinal) == true;
        if (Renumbering.Any(Is) || (!settings.AddEnd && (Is("T5") || Is("MT5"))))
            throw new FileNotFoundException($"Expected {JsonName} beside '{pieces}', because {settings.TokenizerClass} (tokenizer_config.json) numbers pieces or ends texts otherwise than this file, found none. " +
                "Hugging Face's AutoTokenizer writes it: from_pretrained(name, use_fast=True), then save_pretrained(folder).", json);
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

    private static string HashOf(IEnumerable<string> hashes) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(string.Concat(hashes))));
}
