using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>Tells a usable answer from an empty, cut-off or refused one.</summary>
internal static partial class AnswerCheck
{
    // Longer texts that begin so go on to say something about the row.
    private const int LongestRefusal = 400;

    /// <summary>The answer as it is stored.</summary>
    public static string TextOf(ChatResponse response) => StorableText.Clean(response.Text).Trim();

    public static (KnowledgeFailureKind Kind, string Reason)? Problem(ChatResponse response)
    {
        var text = TextOf(response);
        if (response.FinishReason == ChatFinishReason.ContentFilter)
            return (KnowledgeFailureKind.Refused, "the content filter stopped the answer");
        if (response.Messages.SelectMany(m => m.Contents).OfType<ErrorContent>().FirstOrDefault() is { } error)
            return (KnowledgeFailureKind.Refused, $"the model reported: {Head(error.Message)}");
        if (response.FinishReason == ChatFinishReason.Length)
            return (KnowledgeFailureKind.Truncated, "the answer was cut off: raise MaxOutputTokens of the chat options");
        if (text.Length == 0)
            return (KnowledgeFailureKind.Empty, "the model answered nothing");
        if (text.Length <= LongestRefusal && Refusal().IsMatch(text))
            return (KnowledgeFailureKind.Refused, $"the model refused: {Head(text)}");
        return null;
    }

    /// <summary>The beginning of an answer, for reasons.</summary>
    public static string Head(string? text) => text is null ? "" : text.Length <= 120 ? text : text[..120] + "…";

    [GeneratedRegex(
        @"^\s*(?:(?:i['’]?m|i am) (?:very |so |really )?(?:sorry|afraid)\b.*\b(?:can(?:not|['’]t| not)|unable|not able|won['’]t)\b" +
        @"|(?:sorry,? (?:but )?)?i (?:can(?:not|['’]t| not)|won['’]t|am unable to|am not able to|must decline to) (?:help|assist|provide|comply|fulfill|answer|discuss|create|generate|write|do)\b" +
        @"|as an? (?:ai|artificial intelligence|(?:large )?language model)\b.*\b(?:can(?:not|['’]t| not)|unable|not able)\b)",
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Refusal();
}
