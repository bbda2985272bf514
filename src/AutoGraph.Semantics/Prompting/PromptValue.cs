using System.Buffers;
using System.Collections;
using System.Globalization;

namespace AutoGraph.Semantics.Prompting;

/// <summary>Cell values as prompts show them.</summary>
internal static class PromptValue
{
    private static readonly SearchValues<char> Controls = SearchValues.Create([.. Enumerable.Range(0, ' ').Select(c => (char)c), '\u007F']);

    /// <summary>The texts of a cell, without missing ones; culture-invariant, so that a prompt, and with it its key, is the same everywhere.</summary>
    public static IReadOnlyList<string> Of(object? value) => value switch
    {
        null => [],
        string text => One(text),
        ReadOnlyMemory<char> text => One(text.ToString()), // ML.NET's text
        float.NaN or double.NaN => [],
        bool truth => [truth ? "true" : "false"],
        IFormattable number => One(number.ToString(null, CultureInfo.InvariantCulture)),
        IEnumerable values => [.. values.Cast<object?>().SelectMany(Of)],
        _ => One(value.ToString() ?? ""),
    };

    // Line breaks inside a value would break the lines of the prompt.
    private static IReadOnlyList<string> One(string text) =>
        string.Join(' ', Spaced(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) is { Length: > 0 } clean ? [clean] : [];

    // U+0080 to U+009F stay: in texts of a misread code page they are quotation marks and dashes.
    private static string Spaced(string text) => text.AsSpan().ContainsAny(Controls) ? string.Concat(text.Select(c => Controls.Contains(c) ? ' ' : c)) : text;
}
