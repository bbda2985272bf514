using System.CommandLine;
using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>Items that training never saw, inserted afterwards: whether they are found, by what, and what it costs known items.</summary>
internal static class ColdCommand
{
    public static Command Create()
    {
        var command = new Command("cold", "Hold items out of training, let them join by content, and see who finds them");
        var arguments = new PlanArguments(command, DataSets.Names, ["ml-1m"], [1], [.. PlanArguments.OfVectors, "--quantizer", "--train-users", "--epochs", "--patience", "--learning-rate", "--embedding-decay", "--user-content", "--new-item-rate", "--alignment-weight", "--alignment-temperature"]);
        Option<double> part = new("--cold-items") { Description = "Part of the items held out, above 0 and at most 0.5", DefaultValueFactory = _ => 0.1 };
        part.Validators.Add(result => { if (result.GetValue(part) is not (> 0 and <= 0.5)) result.AddError("--cold-items: expected above 0 and at most 0.5."); });
        command.Add(part);
        var enhance = Enhancements.Option("What is added to the backbone", Enhancement.AutoGraph | Enhancement.Kar);
        command.Add(enhance);
        arguments.SetAction(async (input, parsed, cancellation) =>
        {
            List<(string Dataset, int Seed, ColdComparison? Found)> all = [];
            foreach (var (dataset, seed) in from dataset in input.Datasets from seed in input.Seeds select (dataset, seed))
            {
                var options = DataRoot.Locate(input.Options, dataset) with { Seed = seed, ColdItems = parsed.GetValue(part), Enhance = parsed.GetValue(enhance) };
                all.Add((dataset, seed, await input.Results.GetAsync($"cold-{dataset}-{seed}", RunSettings.Of(options), async () => ColdComparison.Of(await Run.TrainAsync(options, cancellation), seed))));
            }
            return (Write(all), all.All(run => run.Found is not null));
        });
        return command;
    }

    internal static Report Write(IReadOnlyList<(string Dataset, int Seed, ColdComparison? Found)> all)
    {
        List<Block> blocks =
        [
            new Paragraph("Held-out items have no row in training and join by content. Rows of held-out items ask for the latest such item of a user from what the user did before. Seen items are left out. " +
                $"The content weight was chosen on the other half of the held-out items: the best NDCG@10 there that costs known items at most {ColdComparison.Loss:P0} of theirs on validation rows."),
        ];
        foreach (var (dataset, seed, found) in all)
        {
            if (found is null)
            {
                blocks.Add(new Paragraph($"{dataset}, seed {seed}: not run."));
                continue;
            }
            blocks.Add(new Heading(string.Create(CultureInfo.InvariantCulture, $"{dataset}, seed {seed}: {found.NewItems:N0} of {found.Items:N0} items held out, content weight {found.ChosenWeight} chosen")));
            blocks.Add(Table(string.Create(CultureInfo.InvariantCulture, $"Test: {found.Rows:N0} rows of held-out items, {found.KnownRows:N0} of known items"), found.Test));
            blocks.Add(Table(string.Create(CultureInfo.InvariantCulture, $"Choice: {found.ChoiceRows:N0} rows of the other held-out items, validation rows of known items"), found.Choice));
        }
        blocks.Add(new FactList("How it was measured", RunFacts.OfThisProcess()));
        return new("cold", "Items that training never saw", blocks, [.. all.Where(run => run.Found is not null).Select(run => KeptResults.Line(run.Found))]);
    }

    private static DataTable Table(string caption, IEnumerable<ColdFigures> figures) => new(caption,
        ["method", "content weight", "places for new items", "HR@10 among all", "NDCG@10", "MRR", "HR@10 among held-out", "NDCG@10 ", "MRR ", "known items: HR@10", "NDCG@10  "],
        [.. figures.Select(row => (IReadOnlyList<Cell>)
        [
            new(row.Method), Cell.Number(row.Weight, "0.##"), Cell.Number(row.Quota, "0"), Figure(row.All.HitRate), Figure(row.All.Ndcg), Figure(row.All.Mrr),
            Figure(row.NewOnly?.HitRate), Figure(row.NewOnly?.Ndcg), Figure(row.NewOnly?.Mrr), Figure(row.Known.HitRate), Figure(row.Known.Ndcg),
        ])]);

    private static Cell Figure(double? value) => value is { } number ? Cell.Number(number, ".0000") : Cell.Empty;
}
