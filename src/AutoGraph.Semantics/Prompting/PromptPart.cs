using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace AutoGraph.Semantics.Prompting;

/// <summary>A piece of a template: literal text, or a placeholder for a column.</summary>
internal sealed record PromptPart(string Literal, string? Column = null, bool Numbered = false, int Limit = int.MaxValue)
{
    public const string AllOthers = "*";
    private const string Missing = "unknown";

    public string Render(IReadOnlyDictionary<string, object?> row)
    {
        if (Column is null) return Literal;
        var values = PromptValue.Of(row[Column]);
        return values.Count == 0 ? Missing
            : Numbered ? string.Join('\n', values.Take(Limit).Select((value, i) => $"{i + 1}. {value}"))
            : string.Join(", ", values);
    }

    public static ImmutableArray<PromptPart> Parse(string text, string template)
    {
        var parts = ImmutableArray.CreateBuilder<PromptPart>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('{' or '}'))
            {
                literal.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == text[i])
            {
                literal.Append(text[i++]);
            }
            else
            {
                var end = text[i] == '{' ? text.IndexOf('}', i) : -1;
                if (end < 0) throw new ArgumentException($"Prompt {template}: expected '{{Column}}' at position {i}, found a lone '{text[i]}'. Write it twice for a brace.");
                if (literal.Length > 0) parts.Add(new(literal.ToString()));
                literal.Clear();
                parts.Add(Placeholder(text[(i + 1)..end], template));
                i = end;
            }
        }
        if (literal.Length > 0) parts.Add(new(literal.ToString()));
        return parts.ToImmutable();
    }

    private static PromptPart Placeholder(string inside, string template)
    {
        var (column, format) = inside.LastIndexOf(':') is >= 0 and var colon ? (inside[..colon].Trim(), inside[(colon + 1)..].Trim()) : (inside.Trim(), "");
        var words = format.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var limit = int.MaxValue;
        var valid = column.Length > 0 && !column.Contains('{') && words switch
        {
            [] => true,
            ["numbered"] => column != AllOthers,
            ["numbered", var count] => column != AllOthers && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit > 0,
            _ => false,
        };
        return valid ? new("", column, words.Length > 0, limit)
            : throw new ArgumentException($"Prompt {template}: expected {{Column}}, {{Column:numbered}}, {{Column:numbered 30}} or {{*}}, found {{{inside}}}.");
    }
}
