using System.Globalization;
using AutoGraph.Core.Evaluation;
using MathNet.Numerics.Statistics;

namespace AutoGraph.Experiments;

/// <summary>The report of a table that is made of runs: figures of each row, each method against the first, and where a run is still missing.</summary>
internal sealed class TableReport
{
    private readonly TablePlan _plan;
    private readonly Dictionary<TableRunKey, RunResult> _results;
    private readonly List<Block> _blocks = [];

    /// <summary>Whether the runs left the test split unread: then there are no figures of single users.</summary>
    private bool ValidationOnly => _plan.Options.ValidationOnly;

    private (string Name, Func<RunResult, double> Of)[] Columns => ValidationOnly ? ValidationColumns : TestColumns;

    private TableReport(TablePlan plan) => (_plan, _results) = (plan, plan.Runs.Select(run => (Run: run, Result: plan.ResultOf(run))).Where(pair => pair.Result is not null).ToDictionary(pair => pair.Run, pair => pair.Result!));

    public static Report Write(TablePlan plan)
    {
        var report = new TableReport(plan);
        foreach (string dataset in plan.Datasets) report.AddDataset(dataset);
        int missing = plan.Runs.Count() - report._results.Count;
        report._blocks.Add(new Paragraph(missing == 0 ? $"All {report._results.Count} runs have ended." : $"{missing} of {plan.Runs.Count()} runs have not ended; their places say so."));
        report._blocks.Add(RunFacts.Of(report._results.Values));
        return new(plan.Definition.Name, plan.Definition.Title, report._blocks, [.. plan.Runs.Where(report._results.ContainsKey).Select(run => report._results[run].ToJson())]);
    }

    private void AddDataset(string dataset)
    {
        _blocks.Add(new Heading(dataset));
        var any = _results.FirstOrDefault(pair => pair.Key.Dataset == dataset).Value;
        if (any is null)
        {
            _blocks.Add(new Paragraph("No run has ended yet."));
            return;
        }
        _blocks.Add(new Paragraph(string.Create(CultureInfo.InvariantCulture,
            $"{any.Dataset}: {any.Users:N0} users, {any.Items:N0} items, {any.TrainSamples:N0} training samples, {any.TestUsers:N0} test rows. {any.Protocol}{(ValidationOnly ? "" : "; \"masked\" leaves seen items out")}. Mean over seeds ± standard deviation; the best mean of a backbone stands out.")));
        _blocks.Add(Figures(dataset));
        _blocks.Add(new Picture(Ndcg(dataset)));
        foreach (var backbone in _plan.Backbones.Where(backbone => _plan.Methods.Any(method => Results(dataset, backbone, method).Length > 0))) _blocks.Add(new Picture(Curves(dataset, backbone)));
        if (!ValidationOnly && _plan.Methods.Count > 1) _blocks.Add(Differences(dataset, $"Difference from {Label(_plan.Methods[0])}", (_, _) => _plan.Methods[0], _plan.Methods.Skip(1)));
        if (!ValidationOnly && _plan.Definition.ComparesWithBestOther && _plan.Methods.Where(IsOurs).ToArray() is { Length: > 0 } ours && _plan.Methods.Any(method => !IsOurs(method)))
            _blocks.Add(Differences(dataset, "AutoGraph and the best method without it, by mean NDCG@10", (backbone, method) => BestOther(dataset, backbone, method), ours));
        if (!ValidationOnly && TestRows.Skipped([.. _results.Where(pair => pair.Key.Dataset == dataset).Select(pair => pair.Value)]) is { Length: > 0 } skipped) _blocks.Add(new Paragraph(skipped));
        if (CodebookTable.Of(_plan, dataset, _results) is { } codebooks) _blocks.Add(codebooks);
        if (ColdTable(dataset) is { } cold) _blocks.Add(cold);
    }

    private DataTable Figures(string dataset)
    {
        var rows = new List<IReadOnlyList<Cell>>();
        foreach (var backbone in _plan.Backbones)
        {
            var means = _plan.Methods.Select(method => Results(dataset, backbone, method)).Where(results => results.Length > 0)
                .Select(results => Columns.Select(column => results.Average(result => column.Of(result))).ToArray()).ToArray();
            double[] best = [.. Columns.Select((_, i) => means.Length > 1 ? means.Max(mean => mean[i]) : double.PositiveInfinity)];
            foreach (var method in _plan.Methods)
            {
                var results = Results(dataset, backbone, method);
                Cell[] figures = results.Length == 0
                    ? [new("not run"), .. Enumerable.Repeat(Cell.Empty, Columns.Length + 1)]
                    : [.. Columns.Select((column, i) => Spread(results, column.Of, best[i])), new(string.Join(" ", results.Select(result => result.BestEpoch))), Cell.Number(results.Average(result => result.SecondsPerEpoch), "F1")];
                rows.Add([new(RunCommand.Name(backbone)), new(Label(method)), new(string.Join(" ", results.Select(result => result.Seed))), .. figures, .. Paper(dataset, backbone, method)]);
            }
        }
        bool paper = rows.Any(row => row[^1].Text.Length > 0);
        string[] names = ["backbone", "method", "seeds", .. Columns.Select(column => column.Name), "best epochs", "s an epoch", .. paper ? ["paper's NDCG@10", "paper's GAUC"] : Array.Empty<string>()];
        return new("Figures", names, [.. rows.Select(row => row.Take(names.Length).ToArray())]);
    }

    private Cell[] Paper(string dataset, Backbone backbone, TableMethod method) => PaperFigures.Find(_plan.Definition.Name, dataset, RunCommand.Name(backbone), method.Name) is { } figures
        ? [Cell.Number(figures.Ndcg, ".0000"), Cell.Number(figures.Gauc, ".0000")] : [Cell.Empty, Cell.Empty];

    private IntervalPlot Ndcg(string dataset) => new($"{dataset}: NDCG@10 on the {(ValidationOnly ? "validation" : "test")} split, seen items kept; mean and range over seeds", "NDCG@10",
        [.. from backbone in _plan.Backbones from method in _plan.Methods let values = Results(dataset, backbone, method).Select(Columns[0].Of).ToArray() where values.Length > 0
            select new IntervalMark($"{RunCommand.Name(backbone)}, {Label(method)}", values.Average(), values.Min(), values.Max())]);

    private LinePlot Curves(string dataset, Backbone backbone) => new($"{dataset}, {RunCommand.Name(backbone)}: learning curves, first seed", "epoch", "validation NDCG@10",
        [.. from method in _plan.Methods let first = Results(dataset, backbone, method).FirstOrDefault() where first is not null
            select new PlotSeries(Label(method), [.. first.Curve.Where(point => point.ValidationNdcg is not null).Select(point => ((double)point.Epoch, point.ValidationNdcg!.Value))])]);

    private DataTable Differences(string dataset, string caption, Func<Backbone, TableMethod, TableMethod?> baselineOf, IEnumerable<TableMethod> methods)
    {
        var rows = new List<IReadOnlyList<Cell>>();
        foreach (var backbone in _plan.Backbones)
            foreach (var method in methods)
            {
                var baseline = baselineOf(backbone, method);
                int[] seeds = baseline is null ? [] : [.. _plan.Seeds.Where(seed => _results.ContainsKey(new(dataset, backbone, method, seed)) && _results.ContainsKey(new(dataset, backbone, baseline, seed)))];
                if (seeds.Length == 0)
                {
                    rows.Add([new(RunCommand.Name(backbone)), new(Label(method)), new(baseline is null ? "" : Label(baseline)), new("not run"), .. Enumerable.Repeat(Cell.Empty, 6)]);
                    continue;
                }
                PairedComparison?[] all = [Compare(RankingMetric.Ndcg, masked: false), Compare(RankingMetric.GroupedAuc, masked: false), Compare(RankingMetric.Ndcg, masked: true), Compare(RankingMetric.GroupedAuc, masked: true)];
                double relative = (all[0]?.Difference ?? 0) / seeds.Average(seed => _results[new(dataset, backbone, baseline!, seed)].Test!.Ndcg);
                rows.Add([new(RunCommand.Name(backbone)), new(Label(method)), new(Label(baseline!)), all[0] is null ? Cell.Empty : Cell.Number(relative, "+0.0 %;-0.0 %"), .. all.Select(Interval), all[0] is { } first ? Cell.Number(first.PValue, "G2") : Cell.Empty,
                    new($"{(all.All(comparison => comparison is { SeedsAgree: true }) ? "yes" : "no")} ({seeds.Length})")]);

                PairedComparison? Compare(RankingMetric metric, bool masked)
                {
                    RunResult[] before = [.. seeds.Select(seed => _results[new(dataset, backbone, baseline!, seed)])], after = [.. seeds.Select(seed => _results[new(dataset, backbone, method, seed)])];
                    int[] rows = TestRows.RankedByAll([.. before, .. after], masked);
                    return rows.Length < 2 ? null : PairedComparison.Compare([.. before.Select(run => TestRows.Values(run, rows, metric, masked))], [.. after.Select(run => TestRows.Values(run, rows, metric, masked))]);
                }
            }
        return new($"{caption}: mean over seeds of the per-user difference [95 % bootstrap interval over users]; p of the paired t-test",
            ["backbone", "method", "against", "NDCG@10, relative", "NDCG@10", "GAUC", "NDCG@10 masked", "GAUC masked", "p of NDCG@10", "seeds of one sign"], rows);
    }

    private TableMethod? BestOther(string dataset, Backbone backbone, TableMethod ours)
    {
        int[] seeds = [.. _plan.Seeds.Where(seed => _results.ContainsKey(new(dataset, backbone, ours, seed)))];
        return _plan.Methods.Where(method => !IsOurs(method) && seeds.Length > 0 && seeds.All(seed => _results.ContainsKey(new(dataset, backbone, method, seed))))
            .MaxBy(method => seeds.Average(seed => _results[new(dataset, backbone, method, seed)].Test!.Ndcg));
    }

    private DataTable? ColdTable(string dataset)
    {
        var rows = (from backbone in _plan.Backbones
                    from method in _plan.Methods
                    let results = Results(dataset, backbone, method).Where(result => result.ColdTest is not null).ToArray()
                    where results.Length > 0
                    select (IReadOnlyList<Cell>)[new(RunCommand.Name(backbone)), new(Label(method)), Cell.Number(results[0].ColdTest!.Items, "N0"), Cell.Number(results[0].ColdTest!.Rows, "N0"),
                Spread(results, result => result.ColdTest!.SeenKept.HitRate), Spread(results, result => result.ColdTest!.SeenKept.Gauc)]).ToArray();
        return rows.Length == 0 ? null : new("Items that training never saw", ["backbone", "method", "cold items", "rows", "HR@10", "GAUC"], rows);
    }

    private static readonly (string Name, Func<RunResult, double> Of)[] TestColumns =
    [
        ("NDCG@10", result => result.Test!.Ndcg), ("HR@10", result => result.Test!.HitRate), ("MRR", result => result.Test!.Mrr), ("GAUC", result => result.Test!.Gauc),
        ("NDCG@10 masked", result => result.TestSeenMasked!.Ndcg), ("GAUC masked", result => result.TestSeenMasked!.Gauc),
    ];

    private static readonly (string Name, Func<RunResult, double> Of)[] ValidationColumns =
    [
        ("NDCG@10", result => result.Validation.Ndcg), ("HR@10", result => result.Validation.HitRate), ("MRR", result => result.Validation.Mrr), ("GAUC", result => result.Validation.Gauc),
    ];

    private RunResult[] Results(string dataset, Backbone backbone, TableMethod method) =>
        [.. _plan.Seeds.Select(seed => _results.GetValueOrDefault(new(dataset, backbone, method, seed))).OfType<RunResult>().Where(result => ValidationOnly || result.Test is not null)];

    private string Label(TableMethod method) => _plan.Definition.LabelOf(method);

    private static bool IsOurs(TableMethod method) => method.Enhance.HasFlag(Enhancement.AutoGraph);

    private static Cell Spread(RunResult[] results, Func<RunResult, double> figure, double best = double.PositiveInfinity)
    {
        double mean = results.Average(figure);
        string spread = results.Length > 1 ? " ± " + results.Select(figure).StandardDeviation().ToString(".0000", CultureInfo.InvariantCulture) : "";
        return new(mean.ToString(".0000", CultureInfo.InvariantCulture) + spread, mean, mean >= best);
    }

    private static Cell Interval(PairedComparison? c) => c is null ? new("too few rows") : new($"{Signed(c.Difference)} [{Signed(c.Lower)}, {Signed(c.Upper)}]", c.Difference);

    // rounded first: the format would give a difference that rounds to zero two signs
    private static string Signed(double difference) => (Math.Round(difference, 4) + 0.0).ToString("+.0000;-.0000", CultureInfo.InvariantCulture);
}
