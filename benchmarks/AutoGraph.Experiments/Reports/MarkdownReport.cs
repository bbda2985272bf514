using System.Text;

namespace AutoGraph.Experiments;

/// <summary>A report as Markdown, without its plots.</summary>
internal static class MarkdownReport
{
    public static string Write(Report report)
    {
        var text = new StringBuilder($"# {report.Title}\n");
        foreach (var block in report.Blocks) Append(text, block);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Block block)
    {
        switch (block)
        {
            case Heading heading: text.Append($"\n## {heading.Text}\n"); break;
            case Paragraph paragraph: text.Append($"\n{paragraph.Text}\n"); break;
            case FactList list:
                text.Append($"\n{list.Caption}:\n\n");
                foreach (var (name, value) in list.Facts) text.Append($"- {name}: {value}\n");
                break;
            case DataTable table:
                text.Append($"\n{table.Caption}:\n\n{Row(table.Columns)}{Row(table.Columns.Select(_ => "---"))}");
                foreach (var row in table.Rows) text.Append(Row(row.Select(cell => cell.Best ? $"**{cell.Text}**" : cell.Text)));
                break;
            case Picture: break;
            default: throw new NotSupportedException($"Expected a known block, found {block.GetType().Name}.");
        }
    }

    private static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |\n";
}
