using System.Collections.Frozen;
using System.Globalization;

namespace AutoGraph.Semantics.Encoding;

/// <summary>Splits a text into words: runs of letters, their marks and digits, in lower case, two characters or more.</summary>
internal static class Words
{
    private const int MinLength = 2;

    private static readonly FrozenSet<string> StopWords = """
        about above after again against all also am an and any are aren as at be because been before being below between both but by can cannot could
        couldn did didn do does doesn doing don down during each few for from further had hadn has hasn have haven having he her here hers herself him
        himself his how if in into is isn it its itself just let ll me more most mustn my myself no nor not now of off on once only or other our ours
        ourselves out over own re same shan she should shouldn so some such than that the their theirs them themselves then there these they this those
        through to too under until up upon us ve very was wasn we were weren what when where which while who whom whose why will with won would wouldn
        you your yours yourself yourselves
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    public static IEnumerable<string> Of(string text, bool removeStopWords)
    {
        for (int start = 0, i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && IsWordCharacter(text, i)) continue;
            if (i - start >= MinLength)
            {
                var word = text[start..i].ToLowerInvariant();
                if (!removeStopWords || !StopWords.Contains(word)) yield return word;
            }
            start = i + 1;
        }
    }

    /// <summary>Words that are no stop words, and null wherever two of them do not stand side by side: a stop word or punctuation lies between.</summary>
    public static IEnumerable<string?> WithGaps(string text)
    {
        for (int start = 0, i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && IsWordCharacter(text, i)) continue;
            var word = text[start..i].ToLowerInvariant();
            if (word.Length > 0) yield return word.Length >= MinLength && !StopWords.Contains(word) ? word : null;
            if (i < text.Length && text[i] is not (' ' or '-')) yield return null;
            start = i + 1;
        }
    }

    // A surrogate counts as its whole character does.
    private static bool IsWordCharacter(string text, int i) =>
        CharUnicodeInfo.GetUnicodeCategory(text, char.IsLowSurrogate(text[i]) && i > 0 && char.IsHighSurrogate(text[i - 1]) ? i - 1 : i) is
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or
            UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber;
}
