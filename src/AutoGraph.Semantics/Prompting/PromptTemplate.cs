using System.Collections.Immutable;
using System.Text;

namespace AutoGraph.Semantics.Prompting;

/// <summary>A versioned prompt over the columns of one row: facts about the row, then the task put to the language model.</summary>
/// <remarks>
/// <para>Placeholders: <c>{Column}</c> (a value; several values are joined by commas; a missing one reads "unknown"),
/// <c>{Column:numbered 30}</c> (the first 30 values, one numbered line each; without a number all of them) and <c>{*}</c>
/// (a line "Column: value" for every column the template does not name, missing ones left out; columns in ordinal order of their names).
/// <c>{{</c> and <c>}}</c> stand for braces.</para>
/// <para>Immutable; safe for concurrent use.</para>
/// </remarks>
public sealed class PromptTemplate
{
    private readonly ImmutableArray<PromptPart> _facts;
    private readonly ImmutableArray<PromptPart> _task;

    /// <summary>Creates a template.</summary>
    /// <param name="name">Name, such as <c>film-item</c>.</param>
    /// <param name="version">Version, 1 or more; raise it with every change of wording, so that answers to the old one are not taken for answers to the new.</param>
    /// <param name="facts">What is known about the row.</param>
    /// <param name="task">What the model shall do with it; may be empty.</param>
    /// <exception cref="ArgumentException">The name is empty, or a brace or placeholder is malformed.</exception>
    public PromptTemplate(string name, int version, string facts, string task = "")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        ArgumentException.ThrowIfNullOrWhiteSpace(facts);
        ArgumentNullException.ThrowIfNull(task);
        (Name, Version, Facts, Task) = (name, version, facts, task);
        Text = task.Length == 0 ? facts : $"{facts}\n\n{task}";
        (_facts, _task) = (PromptPart.Parse(facts, name), PromptPart.Parse(task, name));
        Columns = [.. _facts.Concat(_task).Where(p => p.Column is not (null or PromptPart.AllOthers)).Select(p => p.Column!).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Name, such as <c>film-item</c>.</summary>
    public string Name { get; }

    /// <summary>Version of the wording.</summary>
    public int Version { get; }

    /// <summary>Name and version, as the knowledge store keeps them: <c>film-item/1</c>.</summary>
    public string Id => $"{Name}/{Version}";

    /// <summary>The template of what is known about the row.</summary>
    public string Facts { get; }

    /// <summary>The template of what the model shall do with it; empty where it is asked nothing.</summary>
    public string Task { get; }

    /// <summary>The whole template: facts, an empty line, task.</summary>
    public string Text { get; }

    /// <summary>The columns named in the template, in order of appearance.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Whether the template lists the columns it does not name too (<c>{*}</c>).</summary>
    public bool ListsOtherColumns => _facts.Concat(_task).Any(part => part.Column == PromptPart.AllOthers);

    /// <summary>Checks, before anything is paid for, that every column named in the template is there.</summary>
    /// <exception cref="ArgumentException">A column is missing; the message lists the available ones.</exception>
    public void Validate(IEnumerable<string> available)
    {
        string[] columns = [.. available];
        var unknown = Columns.Except(columns, StringComparer.Ordinal).ToArray();
        if (unknown.Length > 0)
            throw new ArgumentException(
                $"Prompt {Id}: expected column{(unknown.Length > 1 ? "s" : "")} {string.Join(", ", unknown)}, found only " +
                $"{(columns.Length == 0 ? "none" : string.Join(", ", columns.Order(StringComparer.Ordinal)))}. Rename the columns or bring a template of your own.", nameof(available));
    }

    /// <summary>Renders the whole prompt of a row: column name → value (text, truth value, number, date, or a sequence of those; null, "" and NaN are missing).</summary>
    /// <exception cref="ArgumentException">The row lacks a column that the template names.</exception>
    public string Render(IReadOnlyDictionary<string, object?> row)
    {
        var facts = RenderFacts(row);
        return _task.IsEmpty ? facts : $"{facts}\n\n{Render(_task, row)}";
    }

    /// <summary>Renders the facts alone: the text of a row where no language model is asked.</summary>
    /// <inheritdoc cref="Render(IReadOnlyDictionary{string, object})"/>
    public string RenderFacts(IReadOnlyDictionary<string, object?> row)
    {
        ArgumentNullException.ThrowIfNull(row);
        Validate(row.Keys);
        return Render(_facts, row);
    }

    /// <inheritdoc/>
    public override string ToString() => Id;

    private string Render(ImmutableArray<PromptPart> parts, IReadOnlyDictionary<string, object?> row)
    {
        var text = new StringBuilder();
        var skipBreak = false;
        foreach (var part in parts)
        {
            var piece = part.Column == PromptPart.AllOthers ? string.Join('\n', Others(row)) : part.Render(row);
            text.Append(skipBreak && piece.StartsWith('\n') ? piece[1..] : piece);
            // A line {*} without any value leaves no empty line behind.
            skipBreak = part.Column == PromptPart.AllOthers && piece.Length == 0 && (text.Length == 0 || text[^1] == '\n');
        }
        if (skipBreak && text.Length > 0) text.Length--;
        return text.ToString();
    }

    private IEnumerable<string> Others(IReadOnlyDictionary<string, object?> row) =>
        from column in row.Keys.Except(Columns, StringComparer.Ordinal).Order(StringComparer.Ordinal)
        let values = PromptValue.Of(row[column])
        where values.Count > 0
        select $"{column}: {string.Join(", ", values)}";
}
