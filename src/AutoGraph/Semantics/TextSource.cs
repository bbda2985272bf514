using AutoGraph.Semantics.Knowledge;
using AutoGraph.Semantics.Prompting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>How the text of a row is found; saved with the model.</summary>
/// <param name="TextColumn">A column of texts, or null.</param>
/// <param name="IdColumn">The id column, or null.</param>
/// <param name="Prompt">The template, or null.</param>
/// <param name="Knowledge">Whose answers to the prompt are meant; null where the prompt's facts are the text.</param>
/// <param name="Columns">Columns that the prompt reads.</param>
internal sealed record TextSource(string? TextColumn, string? IdColumn, PromptTemplate? Prompt, KnowledgeSource? Knowledge, IReadOnlyList<string> Columns)
{
    internal static TextSource For(DataViewSchema schema, SemanticVectorOptions options, KnowledgeSource? knowledge)
    {
        if (options.TextColumn is not null) ColumnKind.Text.Require(schema, options.TextColumn, "the text");
        if (options.IdColumn is not null) ColumnKind.Id.Require(schema, options.IdColumn, "the id");
        string[] columns = options.Prompt is null ? [] : Readable(options, schema.Where(column => !column.IsHidden).Select(column => new RowValue.Found(column)));
        // Rows to come need only what the template reads.
        if (options.Prompt is { ListsOtherColumns: false }) columns = [.. options.Prompt.Columns];
        return new(options.TextColumn, options.IdColumn, options.Prompt, knowledge, columns);
    }

    /// <summary>The columns that a prompt can show: all but the id and those of types that nobody would read.</summary>
    /// <exception cref="ArgumentException">The prompt names another one.</exception>
    internal static string[] Readable(SemanticVectorOptions options, IEnumerable<RowValue.Found> found)
    {
        RowValue.Found[] all = [.. found];
        if (Array.Find(all, column => !column.IsReadable && options.Prompt!.Columns.Contains(column.Name) && column.Name != options.IdColumn) is { Name: not null } other)
            throw new ArgumentException($"Expected column '{other.Name}', which prompt {options.Prompt!.Id} names, to hold {RowValue.Expected}; found {other.Type}. Convert it, or leave it out of the prompt.");
        string[] columns = [.. all.Where(column => column.IsReadable && column.Name != options.IdColumn).Select(column => column.Name)];
        options.Prompt!.Validate(columns);
        return columns;
    }

    /// <summary>The columns that rows are read from.</summary>
    /// <param name="schema">The schema of the rows.</param>
    /// <param name="unlisted">Whether columns may be missing that the template does not name, but lists: those that a single row does not know.</param>
    internal IEnumerable<string> Inputs(DataViewSchema schema, bool unlisted = false)
    {
        if (TextColumn is not null) yield return ColumnKind.Text.Require(schema, TextColumn, "the text").Name;
        if (IdColumn is not null) yield return ColumnKind.Id.Require(schema, IdColumn, "the id").Name;
        foreach (string name in Columns)
            if (schema.GetColumnOrNull(name) is { } column) yield return column.Name;
            else if (!unlisted || Prompt!.Columns.Contains(name))
                throw new ArgumentException($"Expected a column '{name}', which prompt {Prompt!.Id} read when it was fitted; found only {string.Join(", ", schema.Select(c => c.Name))}. Add it.");
    }

    /// <summary>Reads the row that a cursor stands on; columns that it lacks are missing values.</summary>
    internal Func<RowText> Reader(DataViewRow row)
    {
        var id = IdColumn is null ? null : ColumnReader.Id(row, row.Schema[IdColumn]);
        var text = TextColumn is null ? null : ColumnReader.Text(row, row.Schema[TextColumn]);
        var values = Columns.Select(name => (Name: name, Read: row.Schema.GetColumnOrNull(name) is { } column ? RowValue.Reader(row, column) : () => null)).ToArray();
        return () => new(id?.Invoke(), text is not null ? text() : Prompt is null ? null : Render(values.ToDictionary(v => v.Name, v => v.Read(), StringComparer.Ordinal)));
    }

    internal void Write(BinaryWriter writer)
    {
        WriteOptional(writer, TextColumn);
        WriteOptional(writer, IdColumn);
        writer.Write(Prompt is not null);
        if (Prompt is not null)
        {
            writer.Write(Prompt.Name);
            writer.Write(Prompt.Version);
            writer.Write(Prompt.Facts);
            writer.Write(Prompt.Task);
        }
        writer.Write(Knowledge is not null);
        if (Knowledge is not null)
        {
            writer.Write(Knowledge.PromptVersion);
            writer.Write(Knowledge.Model);
            writer.Write(Knowledge.Options);
        }
        writer.Write(Columns.Count);
        foreach (string column in Columns) writer.Write(column);
    }

    internal static TextSource Read(BinaryReader reader)
    {
        var (text, id) = (ReadOptional(reader), ReadOptional(reader));
        var prompt = reader.ReadBoolean() ? new PromptTemplate(reader.ReadString(), reader.ReadInt32(), reader.ReadString(), reader.ReadString()) : null;
        var knowledge = reader.ReadBoolean() ? new KnowledgeSource(reader.ReadString(), reader.ReadString(), reader.ReadString()) : null;
        var columns = new List<string>();
        for (int count = reader.ReadInt32(); count > 0; count--) columns.Add(reader.ReadString());
        return new(text, id, prompt, knowledge, columns);
    }

    private string Render(Dictionary<string, object?> row) => Knowledge is null ? Prompt!.RenderFacts(row) : Prompt!.Render(row);

    private static void WriteOptional(BinaryWriter writer, string? value)
    {
        writer.Write(value is not null);
        if (value is not null) writer.Write(value);
    }

    private static string? ReadOptional(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;
}
