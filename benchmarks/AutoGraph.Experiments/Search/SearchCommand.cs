using System.CommandLine;

namespace AutoGraph.Experiments;

/// <summary>Hyper-parameter search on the validation split.</summary>
internal static class SearchCommand
{
    public static Command Create()
    {
        var command = new Command("search", "Search hyper-parameters, the paper's grid (App. D) or at random, on the validation split alone; says first how long it will take");
        string[] ofRun = PlanArguments.AllBut([.. SearchSpace.AllOptions, "--validation-only"]);
        var arguments = new PlanArguments(command, DataSets.Names, ["ml-1m"], [1], ofRun);
        Option<string[]> methods = new("--methods") { Description = "Methods, as of table2; all of them get as many trials", DefaultValueFactory = _ => ["none", "autograph"], AllowMultipleArgumentsPerToken = true };
        Option<string[]> backbones = new("--backbones") { Description = "Sequence models", DefaultValueFactory = _ => ["youtubednn"], AllowMultipleArgumentsPerToken = true };
        Option<string> mode = new("--mode") { Description = "grid (the paper's values, in a drawn order) or random (between them, and a decay of embedding tables where --embedding-decay is not given)", DefaultValueFactory = _ => "random" };
        mode.AcceptOnlyFromAmong("grid", "random");
        Option<int> trials = new("--trials") { Description = "Trials per data set, backbone, method and seed", DefaultValueFactory = _ => 20 };
        trials.Validators.Add(result => { if (result.GetValue(trials) < 1) result.AddError("--trials: expected at least 1."); });
        Option<double?> hours = new("--hours") { Description = "Hours that all trials together may take, those of earlier starts included; a trial that has begun is finished" };
        hours.Validators.Add(result => { if (result.GetValue(hours) <= 0) result.AddError("--hours: expected above 0."); });
        foreach (var option in new Option[] { methods, backbones, mode, trials, hours }) command.Add(option);
        arguments.SetAction(async (input, parsed, cancellation) =>
        {
            var plan = new SearchPlan(input.Options, [.. parsed.GetValue(backbones)!.Select(TablePlan.BackboneOf).Distinct()], [.. parsed.GetValue(methods)!.Select(TableMethod.Parse).DistinctBy(method => method.Name)],
                parsed.GetValue(mode) == "grid", parsed.GetValue(trials), parsed.GetValue(hours));
            var (done, planned) = await plan.RunAsync(input, cancellation);
            return (SearchReport.Write(done, planned), true);
        });
        return command;
    }
}
