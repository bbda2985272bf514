using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>The report of table 3.</summary>
internal static class EfficiencyReport
{
    private static readonly string[] Methods = ["lightgcn", "ccgnn", "topoi2i", "autograph"];

    /// <summary>The paper's times on MovieLens-1M and BookCrossing.</summary>
    private static readonly (string Dataset, string Method, string Initial, string Incremental, string Gauc)[] Paper =
    [
        ("ml-1m", "lightgcn", "1.75 s", "N/A", "0.50 %"), ("ml-1m", "ccgnn", "5 min", "0.085 s", "0.93 %"), ("ml-1m", "topoi2i", "190 h", "193.603 s", "1.18 %"), ("ml-1m", "autograph", "18 h", "6.640 s", "2.81 %"),
        ("book-crossing", "lightgcn", "59.13 s", "N/A", "0.50 %"), ("book-crossing", "ccgnn", "3 h", "0.084 s", "0.93 %"), ("book-crossing", "topoi2i", "4700 h", "131.144 s", "1.18 %"), ("book-crossing", "autograph", "202 h", "5.805 s", "2.81 %"),
    ];

    /// <param name="all">Per data set what was measured, or null.</param>
    /// <param name="callsPerSecond">What projected times stand for.</param>
    /// <param name="texts">What vectors are made of.</param>
    /// <param name="results">Folder with runs of table 2, or null.</param>
    public static Report Write(IReadOnlyList<(string Dataset, Construction[]? Found)> all, double callsPerSecond, string texts, DirectoryInfo? results)
    {
        var gains = results is null ? [] : GaucGains.Of(results);
        List<Block> blocks =
        [
            new Paragraph(string.Create(CultureInfo.InvariantCulture, $"Calls are counted; the time of a language model is projected at {callsPerSecond} calls a second, one after the other; everything else was measured here. No language model was called. GAUC gains: mean over data sets and backbones of the relative difference from the plain backbone{(results is null ? "; not run, give --results" : $", from {results.Name}")}.")),
        ];
        foreach (var (dataset, found) in all)
        {
            blocks.Add(new Heading(dataset));
            blocks.Add(new DataTable("Construction", ["method", "calls to build", "LLM calls", "s without LLM", "hours with LLM", "calls for a node", "LLM calls a node", "s a node without LLM", "s a node with LLM", "mean GAUC gain", "paper: to build", "paper: a node", "paper: GAUC gain"],
                [.. Methods.Select(method => Row(dataset, method, found?.Single(construction => construction.Method == method)))]));
            if (found is null) continue;
            blocks.Add(new Picture(new BarPlot($"{dataset}: hours to build the graph, language model included", "hours", [.. found.Select(construction => (construction.Method, Hours(construction)))])));
            blocks.Add(new DataTable("Measured steps", ["method", "step", "seconds"],
                [.. found.SelectMany(construction => construction.Initial.Concat(construction.Incremental).Select(step => (IReadOnlyList<Cell>)[new(construction.Method), new(step.Name), Cell.Significant(step.Seconds)]))]));
            foreach (var construction in found) blocks.Add(new Paragraph($"{construction.Method}: {construction.Note}."));
        }
        blocks.Add(new FactList("How it was measured", [("Texts and encoder", texts), .. RunFacts.OfThisProcess()]));
        return new("table3", "Table 3: what graph construction costs", blocks, [.. all.Where(pair => pair.Found is not null).SelectMany(pair => pair.Found!).Select(KeptResults.Line)]);

        double Hours(Construction construction) => (construction.InitialSeconds + construction.InitialCalls / callsPerSecond) / 3600;

        Cell[] Row(string dataset, string method, Construction? found)
        {
            var paper = Array.Find(Paper, row => row.Dataset == dataset && row.Method == method);
            Cell gain = gains.TryGetValue(method, out double value) ? Cell.Number(value, "+0.00 %;-0.00 %") : new("not run");
            Cell[] measured = found is null ? [new("not run"), .. Enumerable.Repeat(Cell.Empty, 7)] :
            [
                new(found.InitialOrder), Cell.Number(found.InitialCalls, "N0"), Cell.Significant(found.InitialSeconds), Cell.Significant(Hours(found)),
                new(found.IncrementalOrder), found.IncrementalCalls is { } calls ? Cell.Number(calls, "N0") : new("N/A"),
                .. found.IncrementalCalls is { } each ? [Cell.Significant(found.IncrementalSeconds), Cell.Significant(found.IncrementalSeconds + each / callsPerSecond)] : new Cell[] { new("N/A"), new("N/A") },
            ];
            return [new(method), .. measured, gain, new(paper.Initial ?? ""), new(paper.Incremental ?? ""), new(paper.Gauc ?? "")];
        }
    }
}
