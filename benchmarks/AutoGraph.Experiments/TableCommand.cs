using System.CommandLine;

namespace AutoGraph.Experiments;

/// <summary>Many runs: backbones × methods × seeds, into one table.</summary>
internal static class TableCommand
{
    public static Command Create()
    {
        var arguments = new RunArguments();
        Option<string[]> methods = new("--methods")
        {
            Description = "Methods, the first being what the others are compared with: as --enhance, and with a control behind a colon, autograph+kar:shuffled (codes and vectors of other rows) or autograph:no-factors (without uqu and iqi)",
            DefaultValueFactory = _ => ["none", "autograph"], AllowMultipleArgumentsPerToken = true,
        };
        Option<string[]> backbones = new("--backbones") { Description = "Sequence models", DefaultValueFactory = _ => ["youtubednn", "mind", "gru4rec", "sasrec"], AllowMultipleArgumentsPerToken = true };
        Option<int[]> seeds = new("--seeds") { Description = "Seeds", DefaultValueFactory = _ => [1, 2, 3], AllowMultipleArgumentsPerToken = true };
        Option<DirectoryInfo> folder = new("--folder") { Description = "Where results are kept; a table that was interrupted goes on from what is there", Required = true };
        Option<bool> reportOnly = new("--report-only") { Description = "Trains nothing: the table of the results that are there" };

        var command = new Command("table", "Train and test methods on backbones under several seeds, and compare them; says first how long it will take") { methods, backbones, seeds, folder, reportOnly };
        foreach (var option in arguments.All.Where(option => option.Name is not ("--enhance" or "--backbone" or "--seed" or "--json" or "--resume" or "--without" or "--codes" or "--vectors"))) command.Add(option);
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                var plan = new TablePlan(arguments.Read(parsed), parsed.GetRequiredValue(folder), [.. parsed.GetValue(backbones)!.Select(TablePlan.BackboneOf)],
                    [.. parsed.GetValue(methods)!.Select(TableMethod.Parse)], parsed.GetValue(seeds)!);
                if (!parsed.GetValue(reportOnly)) await TableRun.ExecuteAsync(plan, cancellation);
                string report = TableReport.Write(plan);
                Console.Out.WriteLine(report);
                Core.Persistence.AtomicFile.Write(Path.Combine(plan.Folder.FullName, "table.md"), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(report)));
                return 0;
            }
            catch (Exception e) when (e is ArgumentException or IOException or InvalidDataException or InvalidOperationException)
            {
                Console.Error.WriteLine(e.Message);
                return 1;
            }
        });
        return command;
    }
}
