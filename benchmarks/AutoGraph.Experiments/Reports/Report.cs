using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>What a command measured, as people read it: Markdown and HTML are made of the same blocks.</summary>
/// <param name="Name">The command; also the name of the files.</param>
/// <param name="Title">For people.</param>
/// <param name="Blocks">From top to bottom.</param>
/// <param name="Lines">JSON Lines: everything the report is made of, for other programs.</param>
internal sealed record Report(string Name, string Title, IReadOnlyList<Block> Blocks, IReadOnlyList<string> Lines);

/// <summary>A part of a report.</summary>
internal abstract record Block;

/// <summary>Begins a section.</summary>
internal sealed record Heading(string Text) : Block;

internal sealed record Paragraph(string Text) : Block;

/// <summary>Names with values: protocol, settings, machine.</summary>
internal sealed record FactList(string Caption, IReadOnlyList<(string Name, string Value)> Facts) : Block;

/// <summary>A table; on a page each column sorts.</summary>
internal sealed record DataTable(string Caption, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<Cell>> Rows) : Block;

/// <summary>A plot; Markdown leaves it out.</summary>
internal sealed record Picture(Plot Plot) : Block;

/// <summary>A cell of a table.</summary>
/// <param name="Text">What it shows.</param>
/// <param name="Value">What it sorts by; null: its text.</param>
/// <param name="Best">Whether it stands out as the best of its kind.</param>
internal sealed record Cell(string Text, double? Value = null, bool Best = false)
{
    /// <summary>A cell that holds nothing yet, sorted behind all others.</summary>
    public static Cell Empty { get; } = new("");

    public static Cell Number(double value, string format) => new(value.ToString(format, CultureInfo.InvariantCulture), value);

    /// <summary>Three digits, never as a power of ten.</summary>
    public static Cell Significant(double value) =>
        new(decimal.Parse(value.ToString("E2", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture).ToString("#,0.############", CultureInfo.InvariantCulture), value);
}
