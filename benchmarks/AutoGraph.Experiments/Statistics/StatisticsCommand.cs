using System.CommandLine;
using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>Paper Table 1: data statistics.</summary>
internal static class StatisticsCommand
{
    /// <summary>What the paper's table 1 says.</summary>
    private static readonly (string Dataset, int Users, int Items, int Samples, string UserFeatures, string ItemFeatures)[] Paper =
    [
        ("book-crossing", 6_853, 129_018, 190_825, "61,631 (3)", "310,719 (5)"), ("ml-1m", 6_038, 3_533, 545_114, "9,506 (5)", "7,084 (3)"), ("Amazon-Books (not here)", 6_010, 8_531, 771_325, "6,010 (1)", "10,629 (3)"),
    ];

    public static Command Create()
    {
        var command = new Command("table1", "Count users, items, samples and features of data sets");
        var arguments = new PlanArguments(command, DataSets.Names, ["ml-1m", "amazon-beauty", "book-crossing"], [1], ["--data-root", "--min-history", "--threads"]);
        arguments.SetAction(async (input, _, cancellation) =>
        {
            input.Options.Display.Say("projected: 0.0 hours");
            List<(string Dataset, DataStatistics? Statistics)> all = [];
            foreach (var (i, dataset) in input.Datasets.Index())
            {
                input.Options.Display.Begin(dataset, i + 1, input.Datasets.Count, null);
                var options = DataRoot.Locate(input.Options, dataset);
                all.Add((dataset, await input.Results.GetAsync($"table1-{dataset}", $"earlier positives {options.MinHistory}", () => Task.Run(() => DataStatistics.Of(ExperimentData.Load(options, cancellation)), cancellation))));
            }
            return (Write(all), true);
        });
        return command;
    }

    internal static Report Write(IReadOnlyList<(string Dataset, DataStatistics? Statistics)> all)
    {
        List<IReadOnlyList<Cell>> rows = [];
        foreach (var (dataset, found) in all)
        {
            rows.Add(found is null ? [new(dataset), new("not run"), .. Enumerable.Repeat(Cell.Empty, 10)] :
            [
                new(dataset), new("here"), Count(found.Users), Count(found.Items), Count(found.Interactions), Count(found.Samples), new(Fields(found.UserFeatures, found.UserFields), found.UserFeatures), new(Fields(found.ItemFeatures, found.ItemFields), found.ItemFeatures),
                Count(found.Validation), Count(found.Test), Cell.Number((double)found.Interactions / found.Users / found.Items, "P3"), new(string.Create(CultureInfo.InvariantCulture, $"{found.MedianPerUser:F0} / {found.MedianPerItem:F0}"), found.MedianPerUser),
            ]);
            rows.AddRange(Paper.Where(paper => paper.Dataset == dataset).Select(Row));
        }
        rows.AddRange(Paper.Where(paper => all.All(pair => pair.Dataset != paper.Dataset)).Select(Row));
        return new("table1", "Table 1: data statistics",
        [
            new Paragraph("A sample is a positive with enough earlier positives of its user (5, amazon-beauty 1). Features count the categories of all fields, the id among the fields."),
            new DataTable("Data sets", ["data set", "source", "users", "items", "positives", "samples", "user features (fields)", "item features (fields)", "validation rows", "test rows", "density", "median positives of a user / an item"], rows),
            new FactList("How it was measured", RunFacts.OfThisProcess()),
        ], [.. all.Where(pair => pair.Statistics is not null).Select(pair => KeptResults.Line(pair.Statistics))]);
    }

    private static Cell[] Row((string Dataset, int Users, int Items, int Samples, string UserFeatures, string ItemFeatures) paper) =>
        [new(paper.Dataset), new("paper"), Count(paper.Users), Count(paper.Items), Cell.Empty, Count(paper.Samples), new(paper.UserFeatures), new(paper.ItemFeatures), .. Enumerable.Repeat(Cell.Empty, 4)];

    private static Cell Count(int value) => Cell.Number(value, "N0");

    private static string Fields(int features, int fields) => string.Create(CultureInfo.InvariantCulture, $"{features:N0} ({fields})");
}
