using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>The report of a search.</summary>
internal static class SearchReport
{
    public static Report Write(IReadOnlyList<SearchTrial> trials, int planned)
    {
        var searches = trials.GroupBy(trial => (trial.Dataset, trial.Backbone, trial.Method, trial.Seed)).ToArray();
        List<Block> blocks =
        [
            new Paragraph(string.Create(CultureInfo.InvariantCulture, $"{trials.Count} of {planned} trials have ended{(trials.Count < planned ? "; the others were not run" : "")}. All figures are of the validation split; the test split was not read. A best of many trials is too good to be true: test it with table2 under seeds of its own.")),
            new DataTable("Best setting of each method", ["data set", "backbone", "method", "seed", "trials", "NDCG@10", "GAUC", "setting"],
                [.. searches.Select(search => (search.Key, Best: search.Where(trial => trial.Ndcg is not null).MaxBy(trial => trial.Ndcg), Count: search.Count())).Select(search => (IReadOnlyList<Cell>)
                    [new(search.Key.Dataset), new(search.Key.Backbone), new(search.Key.Method), Cell.Number(search.Key.Seed, "0"), Cell.Number(search.Count, "0"), Figure(search.Best?.Ndcg), Figure(search.Best?.Gauc), new(search.Best?.Setting ?? "")])]),
        ];
        if (searches.Length > 0)
            blocks.Add(new Picture(new LinePlot("Best validation NDCG@10 so far, by trial", "trial", "validation NDCG@10",
                [.. searches.Select(search => new PlotSeries($"{search.Key.Dataset}, {search.Key.Backbone}, {search.Key.Method}, seed {search.Key.Seed}", [.. SoFar(search)]))])));
        blocks.Add(new DataTable("All trials", ["data set", "backbone", "method", "seed", "trial", "NDCG@10", "GAUC", "best epoch", "epochs", "seconds", "setting"],
            [.. trials.OrderByDescending(trial => trial.Ndcg ?? -1).Select(trial => (IReadOnlyList<Cell>)
                [new(trial.Dataset), new(trial.Backbone), new(trial.Method), Cell.Number(trial.Seed, "0"), Cell.Number(trial.Number, "0"), Figure(trial.Ndcg), Figure(trial.Gauc), Cell.Number(trial.BestEpoch, "0"), Cell.Number(trial.Epochs, "0"), Cell.Number(trial.Seconds, "F0"), new(trial.Setting)])]));
        blocks.Add(new FactList("How it was measured", [("Time of all trials", string.Create(CultureInfo.InvariantCulture, $"{trials.Sum(trial => trial.Seconds) / 3600:F2} hours")), .. RunFacts.OfThisProcess()]));
        return new("search", "Hyper-parameter search", blocks, [.. trials.Select(KeptResults.Line)]);
    }

    private static IEnumerable<(double, double)> SoFar(IEnumerable<SearchTrial> search)
    {
        double best = 0;
        foreach (var trial in search) yield return (trial.Number, best = Math.Max(best, trial.Ndcg ?? 0));
    }

    private static Cell Figure(double? value) => value is { } figure ? Cell.Number(figure, ".0000") : new("failed");
}
