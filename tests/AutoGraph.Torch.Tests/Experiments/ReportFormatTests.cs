using System.Text.RegularExpressions;
using System.Xml.Linq;
using AutoGraph.Experiments;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

public sealed class ReportFormatTests
{
    private static readonly Report Small = new("table9", "A < B & C", [
        new Heading("first"), new Paragraph("x < y"),
        new DataTable("Figures", ["name", "value"], [[new("a|b <i>"), Cell.Number(.5, ".00")], [new("c"), new("2 ± 1", 2, Best: true)]]),
        new Picture(new BarPlot("bars <1>", "share", [("one", .25), ("two", .75)])), new FactList("How", [("Seeds", "1; 2")]),
    ], ["{\"a\":1}", "{\"a\":2}"]);

    [Fact]
    public void Markdown_SmallReport_IsWhatPeopleRead() => Assert.Equal("""
        # A < B & C

        ## first

        x < y

        Figures:

        | name | value |
        | --- | --- |
        | a\|b <i> | .50 |
        | c | **2 ± 1** |

        How:

        - Seeds: 1; 2

        """, MarkdownReport.Write(Small), ignoreLineEndingDifferences: true);

    [Fact]
    public void Html_TextFromOutside_IsEncoded()
    {
        string html = HtmlReport.Write(Small);
        Assert.Contains("<title>A &lt; B &amp; C</title>", html, StringComparison.Ordinal);
        Assert.Contains("a|b &lt;i&gt;", html, StringComparison.Ordinal);
        Assert.Contains("data-value=\"2\"><strong>2 ± 1</strong>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Html_Page_LoadsNothingFromElsewhere() =>
        Assert.DoesNotMatch(new Regex("(src|href)=\"(?!data:)|@import|url\\((?!#)", RegexOptions.IgnoreCase), HtmlReport.Write(Small).Replace("xlink:href=\"#", "", StringComparison.Ordinal));

    [Fact]
    public void Write_Folder_HasMarkdownHtmlAndJsonLines()
    {
        using var folder = new TempFolder();
        ReportFiles.Write(Small, new(Path.Combine(folder.Path, "new")));
        Assert.Equal(["table9.html", "table9.jsonl", "table9.md"], Directory.GetFiles(Path.Combine(folder.Path, "new")).Select(Path.GetFileName).Order());
        Assert.Equal(Small.Lines, File.ReadAllLines(Path.Combine(folder.Path, "new", "table9.jsonl")));
    }

    [Fact]
    public void Draw_EachPlot_HasAMarkForEachPoint()
    {
        (double, double)[] points = [.. Enumerable.Range(0, 30).Select(i => ((double)i, Math.Sin(i)))];
        Assert.Equal(60, Marks(new ScatterPlot("dots", "", "", [new("a", points), new("b", points)]), "ellipse", "polygon"));
        Assert.True(Marks(new BarPlot("bars", "share", [("one", .25), ("two", .75)]), "rect") >= 2);
        Assert.Equal(3, Marks(new IntervalPlot("intervals", "NDCG@10", [new("one", 2, 1, 3), new("two", 2, 2, 2), new("three", 4, 3, 5)]), "ellipse"));
        Assert.True(Marks(new LinePlot("lines", "epoch", "NDCG@10", [new("one", points)]), "polyline") >= 1);
    }

    [Fact]
    public void Draw_AnyPlot_HasNoIdsThatOtherPlotsOfAPageCouldHave()
    {
        var svg = XElement.Parse(PlotSvg.Draw(new ScatterPlot("dots", "x", "y", [new("a", [(1, 2), (3, 4)])])));
        Assert.DoesNotContain(svg.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName is "id" or "clip-path");
    }

    [Theory]
    [InlineData(0.00000594, "0.00000594")]
    [InlineData(0.1406, "0.141")]
    [InlineData(40.23, "40.2")]
    [InlineData(1905123, "1,910,000")]
    [InlineData(0, "0")]
    public void Significant_AnySize_HasThreeDigits(double value, string text) => Assert.Equal((text, value), (Cell.Significant(value).Text, Cell.Significant(value).Value!.Value));

    // a series with n points has n marks and one in the legend
    private static int Marks(Plot plot, params string[] names)
    {
        var svg = XElement.Parse(PlotSvg.Draw(plot));
        Assert.Equal(plot.Caption, svg.Attribute("aria-label")!.Value);
        int legend = plot is ScatterPlot scatter ? scatter.Series.Count : 0;
        return svg.Descendants().Count(element => names.Contains(element.Name.LocalName)) - legend;
    }
}
