using System.Security.Cryptography;

namespace AutoGraph.Onnx;

/// <summary>The files of an encoder: one <c>*.onnx</c> and one SentencePiece <c>*.model</c> (also <c>*.spm.model</c>).</summary>
internal sealed record EncoderFolder(string Model, string Tokenizer)
{
    public static EncoderFolder Open(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"Expected a folder with an ONNX text encoder at '{folder}', found no such folder.");
        return new(Single(folder, "*.onnx", "the model"), Single(folder, "*.model", "its SentencePiece tokenizer, such as tokenizer.spm.model"));
    }

    /// <summary>Name and short hashes of model and tokenizer: another file, or another tokenizer, is another encoder.</summary>
    public string Identify() => $"{Path.GetFileNameWithoutExtension(Model)}@{Hash(Model)[..12]}.{Hash(Tokenizer)[..8]}";

    private static string Single(string folder, string pattern, string role)
    {
        string[] found = [.. Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal)];
        return found switch
        {
            [var one] => one,
            [] => throw new FileNotFoundException($"Expected one {pattern} file in '{folder}' ({role}), found none.", Path.Combine(folder, pattern)),
            _ => throw new InvalidDataException($"Expected one {pattern} file in '{folder}' ({role}), found {found.Length}: {string.Join(", ", found.Select(Path.GetFileName))}. Keep one of them there."),
        };
    }

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
