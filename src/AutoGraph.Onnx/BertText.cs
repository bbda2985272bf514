using System.Globalization;
using System.Text;

namespace AutoGraph.Onnx;

/// <summary>BERT's preparation of a text (Hugging Face's BertNormalizer and BertPreTokenizer): words and punctuation marks, apart by spaces.</summary>
/// <param name="CleanText">Drop control characters, make every white space a space.</param>
/// <param name="SplitChinese">Put spaces around CJK ideographs.</param>
/// <param name="StripAccents">Drop marks.</param>
/// <param name="Lowercase">Lower case.</param>
internal sealed record BertText(bool CleanText, bool SplitChinese, bool StripAccents, bool Lowercase)
{
    public string Prepare(ReadOnlySpan<char> text)
    {
        var result = new StringBuilder(text.Length + 16);
        var piece = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (CleanText && IsDropped(rune)) continue;
            if (Rune.IsWhiteSpace(rune))
            {
                result.Append(' ');
                continue;
            }
            piece.Clear();
            if (StripAccents) AccentFolding.Append(piece, rune);
            else piece.Append(rune.ToString());
            foreach (var kept in piece.ToString().EnumerateRunes())
            {
                var lower = Lowercase ? Rune.ToLowerInvariant(kept) : kept;
                if (IsPunctuation(lower) || SplitChinese && IsChinese(rune.Value)) result.Append(' ').Append(lower.ToString()).Append(' ');
                else result.Append(lower.ToString());
            }
        }
        return result.ToString();
    }

    private static bool IsDropped(Rune rune) => rune.Value is 0 or 0xFFFD
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        && rune.Value is not ('\t' or '\n' or '\r');

    // All ASCII signs count, also those that Unicode calls symbols, such as $ and +.
    private static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? rune.Value is >= 33 and <= 47 or >= 58 and <= 64 or >= 91 and <= 96 or >= 123 and <= 126
        : Rune.IsPunctuation(rune);

    private static bool IsChinese(int c) => c is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B73F
        or >= 0x2B740 and <= 0x2B81F or >= 0x2B920 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;
}
