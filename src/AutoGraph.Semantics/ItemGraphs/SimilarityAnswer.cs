using System.Globalization;
using System.Text.RegularExpressions;
using AutoGraph.Semantics.Knowledge;

namespace AutoGraph.Semantics.ItemGraphs;

/// <summary>Reads what a language model answers to <see cref="ItemSimilarity.Prompt"/>.</summary>
internal static partial class SimilarityAnswer
{
    private const RegexOptions Any = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>Why an answer is no verdict; null for one that is.</summary>
    public static string? Problem(string answer) => Numbers(answer, int.MaxValue) is null ? $"the model answered neither a list of numbers nor none: {AnswerCheck.Head(answer)}" : null;

    /// <summary>The numbers of candidates in an answer, none where it begins so; null where it is something else, such as a sentence with numbers in it.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="count">Candidates there are; numbers outside of 1 to this one do not count.</param>
    public static int[]? Numbers(string answer, int count)
    {
        string plain = Label().Replace(LineEnd().Replace(Bullet().Replace(Mark().Replace(answer, " "), ""), ""), "");
        if (None().IsMatch(plain)) return [];
        if (!List().IsMatch(plain)) return null;
        return [.. Digits().Matches(plain)
            .Select(match => int.TryParse(match.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0)
            .Where(number => number >= 1 && number <= count).Distinct()];
    }

    /// <summary>Markdown, quotation marks and brackets.</summary>
    [GeneratedRegex("""[*_`#>"'“”„‘’«»()\[\]{}]""", Any)]
    private static partial Regex Mark();

    /// <summary>A bullet before a line; between numbers a hyphen would be a range.</summary>
    [GeneratedRegex(@"^[ \t]*[-–—+•‣◦·][ \t]+", Any | RegexOptions.Multiline)]
    private static partial Regex Bullet();

    /// <summary>A full stop behind a line; within one it could count lines, as in "1. 3".</summary>
    [GeneratedRegex(@"[ \t]*\.[ \t\r]*$", Any | RegexOptions.Multiline)]
    private static partial Regex LineEnd();

    /// <summary>What is said before the numbers: of these words alone, because others may deny ("Not similar: 1").</summary>
    [GeneratedRegex(@"^\s*(?:(?:the|my|final|most|similar|candidates?|items?|numbers?|answers?|results?|list|ones|here|are|is|of|to|which|that|following|matches|selected|output|response)\s+)*" +
        @"(?:similar|candidates?|items?|numbers?|answers?|results?|list|ones|are|is|following|matches|selected|output|response)\s*:\s*", Any)]
    private static partial Regex Label();

    // "No. 3" is the number 3 or none: neither is sure.
    [GeneratedRegex(@"^\s*(?:none|nothing|no(?!\s*\.?\s*\d))\b", Any)]
    private static partial Regex None();

    [GeneratedRegex(@"^\s*\d+(?:(?:\s*[,;&]\s*(?:and\s+)?|\s+and\s+|\s+)\d+)*\s*[,;]?\s*$", Any)]
    private static partial Regex List();

    [GeneratedRegex(@"\d+", Any)]
    private static partial Regex Digits();
}
