using System.CommandLine;

namespace AutoGraph.Experiments;

/// <summary>Paper Fig. 3: code vectors of all levels by t-SNE.</summary>
internal static class CodebookFigureCommand
{
    public static Command Create()
    {
        var command = new Command("figure3", "Map the code vectors of all levels by t-SNE; says first how long it will take");
        var arguments = new PlanArguments(command, DataSets.Names, ["ml-1m"], [1], FigureCodes.Arguments);
        arguments.SetAction(async (input, _, cancellation) =>
        {
            List<(string Name, CodebookFigure? Figure)> all = [];
            foreach (var (dataset, seed) in from dataset in input.Datasets from seed in input.Seeds select (dataset, seed))
            {
                var codes = new FigureCodes(DataRoot.Locate(input.Options, dataset) with { Seed = seed }, cancellation);
                foreach (string side in FigureCodes.Sides)
                {
                    string name = $"figure3-{dataset}-{side}-{seed}";
                    all.Add((name, await input.Results.GetAsync(name, codes.Settings, async () => CodebookFigure.Of(dataset, side, await codes.OfAsync(side), seed, cancellation))));
                }
            }
            return (Write(all, FigureCodes.Describe(input)), true);
        });
        return command;
    }

    internal static Report Write(IReadOnlyList<(string Name, CodebookFigure? Figure)> all, string texts)
    {
        List<Block> blocks = [new Paragraph("Each point is a code vector; levels share one map, by exact t-SNE: who is near to whom is kept, distances between far groups are not. Axes have no unit.")];
        List<IReadOnlyList<Cell>> rows = [];
        foreach (var (name, figure) in all)
        {
            if (figure is null)
            {
                rows.Add([new(name), new("not run"), .. Enumerable.Repeat(Cell.Empty, 5)]);
                continue;
            }
            blocks.Add(new Picture(new ScatterPlot($"{figure.Dataset}, {figure.Side}: code vectors by level", "", "",
                [.. figure.Points.GroupBy(point => point.Level).Select(level => new PlotSeries($"level {level.Key}", [.. level.Select(point => (point.X, point.Y))]))])));
            rows.AddRange(figure.Levels.Select((level, i) => (IReadOnlyList<Cell>)[new(figure.Dataset), new(figure.Side), Cell.Number(i, "0"), Cell.Number(level.Codes, "N0"), Cell.Number(level.Norm, ".000"), Cell.Number(level.Nearest, ".000"), Cell.Number(level.RelativeError, ".000")]));
        }
        blocks.Add(new DataTable("Levels", ["data set", "side", "level", "codes", "length of a code vector (RMS)", "distance to the nearest of the level / length", "variance left after the level"], rows));
        blocks.Add(new FactList("How it was measured", [("Texts, encoder, codes", texts), .. RunFacts.OfThisProcess()]));
        return new("figure3", "Figure 3: codebooks by level", blocks, [.. all.Where(pair => pair.Figure is not null).Select(pair => KeptResults.Line(pair.Figure))]);
    }
}
