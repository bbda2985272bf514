using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace AutoGraph.Experiments;

/// <summary>A report as one HTML page that needs nothing else: style, sorting and plots are in it.</summary>
internal static class HtmlReport
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static string Write(Report report)
    {
        var body = new StringBuilder();
        bool inFigures = false;
        foreach (var block in report.Blocks)
        {
            if (block is Picture != inFigures) body.Append((inFigures = !inFigures) ? "<div class=\"plots\">\n" : "</div>\n");
            Append(body, block);
        }
        if (inFigures) body.Append("</div>\n");
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="icon" href="data:,">
            <title>{Encoder.Encode(report.Title)}</title>
            <style>
            {Resource("report.css")}</style>
            </head>
            <body>
            <main>
            <h1>{Encoder.Encode(report.Title)}</h1>
            {body}</main>
            <script>
            {Resource("report.js")}</script>
            </body>
            </html>

            """;
    }

    private static void Append(StringBuilder body, Block block)
    {
        switch (block)
        {
            case Heading heading: body.Append(CultureInfo.InvariantCulture, $"<h2>{Encoder.Encode(heading.Text)}</h2>\n"); break;
            case Paragraph paragraph: body.Append(CultureInfo.InvariantCulture, $"<p>{Encoder.Encode(paragraph.Text)}</p>\n"); break;
            case FactList list: Append(body, list); break;
            case DataTable table: Append(body, table); break;
            case Picture picture:
                body.Append(CultureInfo.InvariantCulture, $"<figure>{PlotSvg.Draw(picture.Plot)}<figcaption>{Encoder.Encode(picture.Plot.Caption)}</figcaption></figure>\n");
                break;
            default: throw new NotSupportedException($"Expected a known block, found {block.GetType().Name}.");
        }
    }

    private static void Append(StringBuilder body, FactList list)
    {
        body.Append(CultureInfo.InvariantCulture, $"<h2>{Encoder.Encode(list.Caption)}</h2>\n<dl>\n");
        foreach (var (name, value) in list.Facts) body.Append(CultureInfo.InvariantCulture, $"<dt>{Encoder.Encode(name)}</dt><dd>{Encoder.Encode(value)}</dd>\n");
        body.Append("</dl>\n");
    }

    private static void Append(StringBuilder body, DataTable table)
    {
        // the region takes the keyboard, so that a wide table scrolls without a pointer
        body.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{Encoder.Encode(table.Caption)}\">\n<table>\n<caption>{Encoder.Encode(table.Caption)}</caption>\n<thead><tr>");
        foreach (string column in table.Columns) body.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\"><button type=\"button\">{Encoder.Encode(column)}</button></th>");
        body.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            body.Append("<tr>");
            foreach (var cell in row) body.Append(Html(cell));
            body.Append("</tr>\n");
        }
        body.Append("</tbody>\n</table>\n</div>\n");
    }

    private static string Html(Cell cell)
    {
        string text = cell.Best ? $"<strong>{Encoder.Encode(cell.Text)}</strong>" : Encoder.Encode(cell.Text);
        return cell.Value is { } value ? string.Create(CultureInfo.InvariantCulture, $"<td class=\"number\" data-value=\"{value:R}\">{text}</td>") : $"<td>{text}</td>";
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(HtmlReport).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
