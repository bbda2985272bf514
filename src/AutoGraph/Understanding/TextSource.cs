using AutoGraph.Semantics.Prompting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>What identifies and describes a row: the key of its vector, and the columns and prompt it is rendered from.</summary>
/// <param name="Kind">Where texts come from.</param>
/// <param name="Column">The text or id column; empty where a prompt alone is rendered.</param>
/// <param name="Prompt">The prompt, or null.</param>
/// <param name="PromptColumns">The columns a row hands to the prompt.</param>
internal sealed record TextSource(TextSource.Origin Kind, string Column, PromptTemplate? Prompt, IReadOnlyList<string> PromptColumns)
{
    internal enum Origin : byte { Column, Recorded, Facts, Model }

    /// <summary>One row: what its vector is filed under, and the text to encode where that follows from the row alone.</summary>
    /// <param name="Key">Text, id, facts or whole prompt.</param>
    /// <param name="Text">The text to encode; null where it is an answer to be looked up.</param>
    internal readonly record struct Row(string Key, string? Text);

    internal static TextSource Create(SemanticVectorOptions options, DataViewSchema schema)
    {
        var kind = options.TextColumn is not null ? Origin.Column : options.RecordedKnowledge is not null ? Origin.Recorded : options.AsksModel ? Origin.Model : Origin.Facts;
        var source = new TextSource(kind, options.TextColumn ?? (kind == Origin.Recorded ? options.IdColumn! : ""), options.Prompt, PromptColumnsOf(options, schema));
        source.Check(schema);
        return source;
    }

    /// <summary>Checks a schema and names the columns needed of it.</summary>
    internal IReadOnlyList<string> Check(DataViewSchema schema)
    {
        List<string> needed = [.. PromptColumns];
        if (Kind == Origin.Column) needed.Add(ColumnKind.Text.Require(schema, Column, "the text to encode").Name);
        if (Kind == Origin.Recorded) needed.Add(ColumnKind.Id.Require(schema, Column, "the id of recorded knowledge").Name);
        Prompt?.Validate(schema.Where(column => !column.IsHidden).Select(column => column.Name));
        foreach (string name in PromptColumns)
            if (schema.GetColumnOrNull(name) is not { } column || !PromptRow.Reads(column.Type))
                throw new ArgumentException($"Expected column '{name}' of the prompt {Prompt!.Id} to hold text, numbers, booleans, keys or vectors of text, found {schema.GetColumnOrNull(name)?.Type.ToString() ?? "no such column"}. Convert it or leave it out of PromptColumns.");
        return [.. needed.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Reads the row a cursor stands on.</summary>
    internal Func<Row> Reader(DataViewRow row)
    {
        var fields = Prompt is null ? null : PromptRow.Reader(row, PromptColumns);
        switch (Kind)
        {
            case Origin.Column:
                var text = ColumnReader.Text(row, row.Schema[Column]);
                return () => text() is var own ? new Row(own, own) : default;
            case Origin.Recorded:
                var id = ColumnReader.Id(row, row.Schema[Column]);
                return () => new Row(id(), fields is null ? null : Prompt!.RenderFacts(fields()));
            case Origin.Facts:
                return () => Prompt!.RenderFacts(fields!()) is var facts ? new Row(facts, facts) : default;
            default:
                return () => new Row(Prompt!.Render(fields!()), null);
        }
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write((byte)Kind);
        writer.Write(Column);
        writer.Write(Prompt is not null);
        if (Prompt is not null)
        {
            writer.Write(Prompt.Name);
            writer.Write(Prompt.Version);
            writer.Write(Prompt.Facts);
            writer.Write(Prompt.Task);
        }
        writer.Write(PromptColumns.Count);
        foreach (string column in PromptColumns) writer.Write(column);
    }

    internal static TextSource Read(BinaryReader reader)
    {
        var (kind, column) = ((Origin)reader.ReadByte(), reader.ReadString());
        var prompt = reader.ReadBoolean() ? new PromptTemplate(reader.ReadString(), reader.ReadInt32(), reader.ReadString(), reader.ReadString()) : null;
        var columns = new List<string>();
        for (int count = reader.ReadInt32(); count > 0; count--) columns.Add(reader.ReadString());
        return Enum.IsDefined(kind) ? new(kind, column, prompt, columns) : throw new InvalidDataException($"Expected a kind of text source from 0 to 3, found {(byte)kind}.");
    }

    private static string[] PromptColumnsOf(SemanticVectorOptions options, DataViewSchema schema)
    {
        if (options.Prompt is not { } prompt) return [];
        var others = !prompt.ListsOtherColumns ? [] : options.PromptColumns ?? [.. schema
            .Where(column => !column.IsHidden && PromptRow.Reads(column.Type) && column.Name != options.IdColumn && !column.Name.EndsWith("Id", StringComparison.Ordinal))
            .Select(column => column.Name)];
        return [.. prompt.Columns.Concat(others).Distinct(StringComparer.Ordinal)];
    }
}
