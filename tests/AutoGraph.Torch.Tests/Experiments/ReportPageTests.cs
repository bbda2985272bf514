using System.Text.Json;
using AutoGraph.Experiments;
using AutoGraph.TestKit;
using Deque.AxeCore.Commons;
using PuppeteerSharp;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

/// <summary>The HTML report as a browser shows it.</summary>
public sealed class ReportPageTests
{
    private static readonly int[] Widths = [400, 1400];

    [Fact]
    public async Task Page_TableReport_IsWholeSortableReadableAndAccessible()
    {
        await using var browser = await Browser.StartAsync();
        using var folder = new TempFolder();
        foreach (var report in Reports(folder.Path))
        {
            ReportFiles.Write(report, new(folder.Path));
            await using var page = await browser.NewPageAsync();
            var faults = new List<string>();
            page.Console += (_, message) => { if (message.Message.Type is ConsoleType.Error or ConsoleType.Warning) faults.Add(message.Message.Text); };
            page.PageError += (_, error) => faults.Add(error.Message);
            page.RequestFailed += (_, request) => faults.Add($"request failed: {request.Request.Url}");
            foreach (int width in Widths)
            {
                await page.SetViewportAsync(new() { Width = width, Height = 900 });
                await page.GoToAsync(new Uri(folder.File(report.Name + ".html")).AbsoluteUri);
                await FitsAsync(page, report, width);
                await IsAccessibleAsync(page, report, width);
            }
            await PlotsHaveMarksAsync(page, report);
            await TablesSortAsync(page, report);
            Assert.Empty(faults);
        }
    }

    /// <summary>Nothing but tables, which scroll for themselves, is wider than the page; letters are large enough; no letter of a plot is cut off.</summary>
    private static async Task FitsAsync(IPage page, Report report, int width)
    {
        int content = await page.EvaluateExpressionAsync<int>("document.documentElement.scrollWidth");
        Assert.True(content <= width, $"{report.Name} at {width}: {content} pixels wide");
        double smallest = await page.EvaluateExpressionAsync<double>("Math.min(...[...document.querySelectorAll('p, td, th button, dd, figcaption')].map(e => parseFloat(getComputedStyle(e).fontSize)))");
        Assert.True(smallest >= 14, $"{report.Name} at {width}: letters of {smallest} pixels");
        var letters = await page.EvaluateExpressionAsync<JsonElement>("""
            [...document.querySelectorAll('svg')].flatMap(svg => { const box = svg.getBoundingClientRect(); return [...svg.querySelectorAll('text')].map(text => { const t = text.getBoundingClientRect();
              return { text: text.textContent, size: 11 * box.width / svg.viewBox.baseVal.width, cut: Math.max(box.left - t.left, t.right - box.right, box.top - t.top, t.bottom - box.bottom) }; }); })
            """);
        foreach (var letter in letters.EnumerateArray())
        {
            Assert.True(letter.GetProperty("size").GetDouble() >= 9, $"{report.Name} at {width}: '{letter.GetProperty("text")}' of a plot is {letter.GetProperty("size")} pixels");
            Assert.True(letter.GetProperty("cut").GetDouble() <= 2, $"{report.Name} at {width}: '{letter.GetProperty("text")}' of a plot is cut off by {letter.GetProperty("cut")} pixels");
        }
    }

    /// <summary>axe-core (Deque) finds nothing serious or critical.</summary>
    private static async Task IsAccessibleAsync(IPage page, Report report, int width)
    {
        using var script = new StreamReader(typeof(AxeResult).Assembly.GetManifestResourceStream("Deque.AxeCore.Commons.Resources.axe.min.js")!);
        await page.EvaluateExpressionAsync(await script.ReadToEndAsync());
        var result = await page.EvaluateFunctionAsync<JsonElement>("async () => { const r = await axe.run(); return { passes: r.passes.length, faults: r.violations.map(v => ({ impact: v.impact, id: v.id, where: v.nodes.map(n => n.html.slice(0, 200)) })) }; }");
        Assert.True(result.GetProperty("passes").GetInt32() >= 10, "axe-core checked next to nothing");
        string[] serious = [.. result.GetProperty("faults").EnumerateArray().Where(fault => fault.GetProperty("impact").GetString() is "serious" or "critical").Select(fault => fault.ToString())];
        Assert.True(serious.Length == 0, $"{report.Name} at {width}: {string.Join("\n", serious)}");
    }

    private static async Task PlotsHaveMarksAsync(IPage page, Report report)
    {
        var plots = report.Blocks.OfType<Picture>().Select(picture => picture.Plot).ToArray();
        int[] visible = await page.EvaluateExpressionAsync<int[]>("""
            [...document.querySelectorAll('figure svg')].map(svg => { const box = svg.getBoundingClientRect(); return [...svg.querySelectorAll('ellipse, polygon, polyline, rect')].filter(mark => { const m = mark.getBoundingClientRect();
              const fill = getComputedStyle(mark).fill, stroke = getComputedStyle(mark).stroke; return m.width + m.height > 0 && m.right > box.left && m.left < box.right && (/rgb\((0, 114, 178|213, 94, 0|0, 122, 90|168, 65, 125)\)/.test(fill + stroke)); }).length; })
            """);
        Assert.Equal(plots.Length, visible.Length);
        Assert.NotEmpty(plots);
        for (int i = 0; i < plots.Length; i++)
        {
            int expected = plots[i] switch
            {
                IntervalPlot intervals => intervals.Marks.Count,
                LinePlot lines => lines.Series.Count,
                ScatterPlot scatter => scatter.Series.Sum(series => series.Points.Count),
                BarPlot bars => bars.Bars.Count(bar => bar.Value != 0),
                _ => throw new InvalidOperationException($"{plots[i]}"),
            };
            Assert.True(visible[i] >= expected, $"{plots[i].Caption}: {visible[i]} marks, expected {expected}");
        }
    }

    /// <summary>Each column of each table, up and down, against the order of the report's own values.</summary>
    private static async Task TablesSortAsync(IPage page, Report report)
    {
        foreach (var (number, table) in report.Blocks.OfType<DataTable>().Index())
            for (int column = 0; column < table.Columns.Count; column++)
                foreach (string direction in (string[])["ascending", "descending"])
                {
                    var sorted = await page.EvaluateFunctionAsync<JsonElement>("""
                        (number, column) => { const table = document.querySelectorAll('table')[number]; const header = table.tHead.rows[0].cells[column]; header.querySelector('button').click();
                          return { direction: header.getAttribute('aria-sort'), others: table.querySelectorAll('[aria-sort]').length, values: [...table.tBodies[0].rows].map(row => row.cells[column].dataset.value ?? null), rows: [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.textContent).join('\t')) }; }
                        """, number, column);
                    string where = $"{report.Name}, {table.Caption}, {table.Columns[column]}, {direction}";
                    Assert.True(sorted.GetProperty("direction").GetString() == direction && sorted.GetProperty("others").GetInt32() == 1, where);
                    double[] values = [.. sorted.GetProperty("values").EnumerateArray().Where(value => value.ValueKind == JsonValueKind.String).Select(value => double.Parse(value.GetString()!, System.Globalization.CultureInfo.InvariantCulture))];
                    int[] order = [.. values.Zip(values.Skip(1), (a, b) => Math.Sign(b.CompareTo(a)))];
                    Assert.True(order.All(sign => direction == "ascending" ? sign >= 0 : sign <= 0), where);
                    Assert.Equal(table.Rows.Select(row => string.Join("\t", row.Select(cell => cell.Text))).Order(StringComparer.Ordinal), sorted.GetProperty("rows").EnumerateArray().Select(row => row.GetString()!).Order(StringComparer.Ordinal));
                }
    }

    /// <summary>Reports with every kind of block: a table of runs with long names, a map of many points, bars with long labels.</summary>
    private static IEnumerable<Report> Reports(string folder)
    {
        var definition = TableDefinition.All.Single(table => table.Name == "table6");
        var plan = FakeRuns.Plan(folder, "table6", [.. definition.Methods, "autograph+kar"], [1, 2], "youtubednn", "sasrec");
        int runs = plan.Runs.Count();
        for (int run = 0; run < runs - 3; run++) FakeRuns.Store(plan, run, 1 + run % 5, 20, 3, 1 + run % 7);
        yield return TableReport.Write(plan);
        var random = new Random(1);
        yield return new("figure3", "Codebooks", [
            new Picture(new ScatterPlot("code vectors", "", "", [.. Enumerable.Range(0, 3).Select(level => new PlotSeries($"level {level}", [.. Enumerable.Range(0, 256).Select(_ => (random.NextDouble() * 80 - 40, random.NextDouble() * 80 - 40))]))])),
            new Picture(new BarPlot("terms", "part of the items", [("a term that is so long that it would not stand beside its bar on a telephone", .9), ("short", .1), ("none", 0)])),
            new DataTable("One number", ["name", "number"], [[new("b"), Cell.Number(10, "0")], [new("a"), Cell.Number(9, "0")], [new("c"), Cell.Empty]]),
        ], []);
    }
}
