using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace AutoGraph.Datasets;

/// <summary>The list of items, whose titles may run over several lines.</summary>
internal static partial class AmazonItemList
{
    private const string Header = "org_id remap_id title", NoTitle = "nan";

    public static List<AmazonItem> Read(string path)
    {
        var items = new List<AmazonItem>();
        // A delimiter that no text has: a line is one field.
        using var file = new DelimitedFile(path, "\0", "'item number \"title\"' with numbers 0, 1, 2, …", fields: 1, Encoding.UTF8, header: [Header]);
        string? open = null;
        while (file.Read())
        {
            string entry = open is null ? file[0] : $"{open} {file[0].Trim()}";
            open = IsOpen(entry) ? entry : null;
            if (open is not null) continue;
            var match = Entry().Match(entry);
            if (!match.Success) throw file.Bad("another line");
            if (match.Groups["number"].Value != items.Count.ToString(CultureInfo.InvariantCulture))
                throw file.Bad($"number {match.Groups["number"].Value} where {items.Count} was due");
            string title = WebUtility.HtmlDecode(match.Groups["title"].Value).Trim();
            items.Add(new(match.Groups["id"].Value, title == NoTitle ? "" : title, match.Groups["category"] is { Success: true, Value: var category } ? WebUtility.HtmlDecode(category) : null));
        }
        return open is null ? items : throw new InvalidDataException($"{path}: expected a quotation mark at the end of the title '{open[..Math.Min(open.Length, 80)]}', found the end of the file.");
    }

    /// <summary>Whether a title begins with a quotation mark and has not ended.</summary>
    private static bool IsOpen(string entry) => Start().IsMatch(entry) && entry.Count(c => c == '"') == 1;

    [GeneratedRegex("^[0-9A-Z]{10} [0-9]+ \"", RegexOptions.CultureInvariant)]
    private static partial Regex Start();

    [GeneratedRegex("^(?<id>[0-9A-Z]{10}) (?<number>[0-9]+) (?:\"(?<title>[^\"]*)\"(?: \"(?<category>[^\"]*)\")?|(?<title>[^\"]+))$", RegexOptions.CultureInvariant)]
    private static partial Regex Entry();
}
