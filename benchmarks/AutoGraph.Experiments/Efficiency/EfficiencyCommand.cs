using System.CommandLine;
using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>Paper Table 3: what graph construction costs.</summary>
internal static class EfficiencyCommand
{
    public static Command Create()
    {
        var command = new Command("table3", "Count language-model calls and measure the rest of graph construction, from nothing and for one new node; says first how long it will take");
        var arguments = new PlanArguments(command, DataSets.Names, ["ml-1m"], [1], [.. PlanArguments.OfVectors, "--quantizer", "--levels", "--batch"], oneSeed: true);
        Option<double> rate = new("--calls-per-second") { Description = "Language-model calls a second that the projected times stand for; the default is the paper's 6.64 s a call", DefaultValueFactory = _ => 0.15 };
        rate.Validators.Add(result => { if (result.GetValue(rate) is not (> 0 and <= 1e6)) result.AddError("--calls-per-second: expected above 0 to 1e6."); });
        Option<int> candidates = new("--candidates") { Description = "Similar items that TopoI2I asks about, E", DefaultValueFactory = _ => 15 };
        candidates.Validators.Add(result => { if (result.GetValue(candidates) is < 1 or > 1000) result.AddError("--candidates: expected 1 to 1000."); });
        Option<int> nodes = new("--nodes") { Description = "Nodes that are inserted to take the time", DefaultValueFactory = _ => 100 };
        nodes.Validators.Add(result => { if (result.GetValue(nodes) is < 10 or > 100_000) result.AddError("--nodes: expected 10 to 100000."); });
        Option<DirectoryInfo?> results = new("--results") { Description = "Folder of a table2 whose runs give the mean relative improvement of GAUC" };
        foreach (var option in new Option[] { rate, candidates, nodes, results }) command.Add(option);
        arguments.SetAction(async (input, parsed, cancellation) =>
        {
            List<(string Dataset, Construction[]? Found)> all = [];
            foreach (string dataset in input.Datasets)
            {
                var options = DataRoot.Locate(input.Options, dataset) with { Seed = input.Seeds.Single() };
                string settings = string.Create(CultureInfo.InvariantCulture, $"{VectorSettings.Of(options)}; {parsed.GetValue(candidates)} candidates; {parsed.GetValue(nodes)} nodes; {FactorCodes.NameOf(options.Quantizer)}; {options.Levels} levels; threads {options.Threads}; seed {options.Seed}");
                all.Add((dataset, await input.Results.GetAsync($"table3-{dataset}", settings, async () =>
                {
                    var timing = new ConstructionTiming(options, parsed.GetValue(candidates), parsed.GetValue(nodes), cancellation);
                    options.Display.Begin(dataset, all.Count + 1, input.Datasets.Count, null);
                    double hours = await timing.ProjectHoursAsync();
                    options.Display.Say(string.Create(CultureInfo.InvariantCulture, $"projected: {hours:F1} hours"));
                    return await timing.MeasureAsync();
                })));
            }
            string texts = string.Join(" | ", input.Datasets.Select(dataset => $"{dataset}: {VectorSettings.Of(DataRoot.Locate(input.Options, dataset))}").Distinct());
            return (EfficiencyReport.Write(all, parsed.GetValue(rate), texts, parsed.GetValue(results)), true);
        });
        return command;
    }
}
