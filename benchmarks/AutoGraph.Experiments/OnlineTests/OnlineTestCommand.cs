using System.CommandLine;
using System.Globalization;
using AutoGraph.Datasets;

namespace AutoGraph.Experiments;

/// <summary>Paper §4.5 in the simulated world: an online test with known click probabilities and prices.</summary>
internal static class OnlineTestCommand
{
    public static Command Create()
    {
        var command = new Command("ab", "Simulate an online test in the sample world: users split, revenue per thousand impressions with interval, an A/A check; says first how long it will take");
        var arguments = new PlanArguments(command, [DataSets.Simulated], [DataSets.Simulated], [1, 2, 3, 4, 5],
            ["--data-root", "--encoder", "--user-text", "--cache", "--min-history", "--threads", "--quantizer", "--levels", "--epochs", "--patience", "--batch", "--learning-rate", "--weight-decay", "--embedding-decay", "--user-content"]);
        Option<string> control = new("--control") { Description = "Method of the control group", DefaultValueFactory = _ => "none" };
        Option<string> treatment = new("--treatment") { Description = "Method of the other group", DefaultValueFactory = _ => "autograph+kar" };
        Option<string> backbone = new("--backbone") { Description = "Sequence model", DefaultValueFactory = _ => "youtubednn" };
        Option<int> readers = Whole("--readers", "Simulated readers", 2_000, 100, 100_000), books = Whole("--books", "Simulated books", 400, 50, 5_000);
        Option<int> days = Whole("--days", "Days; every reader comes once a day", 10, 1, 1_000), slots = Whole("--slots", "Books shown at each visit", 10, 1, 100), splits = Whole("--splits", "Splits of the A/A check", 200, 1, 10_000);
        foreach (var option in new Option[] { control, treatment, backbone, readers, books, days, slots, splits }) command.Add(option);
        arguments.SetAction(async (input, parsed, cancellation) =>
        {
            var options = DataRoot.Locate(input.Options, DataSets.Simulated) with
            {
                Backbone = TablePlan.BackboneOf(parsed.GetValue(backbone)!),
                World = new SampleWorldOptions { Readers = parsed.GetValue(readers), Books = parsed.GetValue(books) },
            };
            var test = new OnlineTestOptions(parsed.GetValue(days), parsed.GetValue(slots), parsed.GetValue(splits));
            var plan = new OnlineTestPlan(options, TableMethod.Parse(parsed.GetValue(control)!), TableMethod.Parse(parsed.GetValue(treatment)!), test);
            var tests = await plan.RunAsync(input, cancellation);
            return (OnlineTestReport.Write(plan, tests), true);
        });
        return command;
    }

    private static Option<int> Whole(string name, string description, int standard, int least, int most)
    {
        Option<int> option = new(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result => { if (result.GetValue(option) is var value && (value < least || value > most)) result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name}: expected {least} to {most}, found {value}.")); });
        return option;
    }
}
