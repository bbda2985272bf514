using System.Globalization;
using System.Text.RegularExpressions;

namespace AutoGraph.Datasets;

/// <summary>A MovieLens film.</summary>
/// <param name="Id">Film id.</param>
/// <param name="Title">Title as written in the file, normally with the year, without spaces at the ends.</param>
/// <param name="Year">Year in the title, or null where it has none.</param>
/// <param name="Genres">Genres in the order of the file.</param>
public sealed partial record MovieLensItem(string Id, string Title, int? Year, IReadOnlyList<string> Genres) : IEntityRow
{
    /// <summary>The year of a title such as "Toy Story (1995)" or "Babylon 5 (1998) (TV)".</summary>
    internal static int? YearOf(string title) =>
        YearPattern().Match(title) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"\(([0-9]{4})\)", RegexOptions.RightToLeft | RegexOptions.CultureInvariant)]
    private static partial Regex YearPattern();
}
