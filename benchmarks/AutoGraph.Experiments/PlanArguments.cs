using System.CommandLine;

namespace AutoGraph.Experiments;

/// <summary>What a command over data sets and seeds was asked for.</summary>
/// <param name="Options">What all runs share.</param>
/// <param name="Datasets">Data sets.</param>
/// <param name="Seeds">Seeds.</param>
/// <param name="Folder">Where results are kept.</param>
/// <param name="Resume">Whether results that are there count.</param>
/// <param name="ReportOnly">Whether nothing is computed that is not there.</param>
internal sealed record PlanInput(RunOptions Options, IReadOnlyList<string> Datasets, IReadOnlyList<int> Seeds, DirectoryInfo Folder, bool Resume, bool ReportOnly)
{
    /// <summary>Results kept in the folder.</summary>
    public KeptResults Results => new(Folder, Resume, ReportOnly);
}

/// <summary>The arguments that every command over data sets and seeds has, beside those of a run.</summary>
internal sealed class PlanArguments
{
    /// <summary>Set by the commands themselves, from data sets, seeds, methods and backbones.</summary>
    private static readonly string[] OfOneRun = [RunArguments.Dataset, "--data", "--enhance", "--backbone", "--seed", "--json", "--resume", "--without", "--codes", "--vectors"];

    private readonly Command _command;
    private readonly RunArguments _run = new();
    private readonly Option<string[]> _datasets;
    private readonly Option<int[]> _seeds;
    private readonly Option<DirectoryInfo> _folder;
    private readonly Option<bool> _resume = new("--resume") { Description = "Goes on from the results in the folder; false begins anew", DefaultValueFactory = _ => true };
    private readonly Option<bool> _reportOnly = new("--report-only") { Description = "Computes nothing: the report of the results that are there" };

    /// <param name="command">The command that gets them.</param>
    /// <param name="datasets">Data sets it can do.</param>
    /// <param name="standard">Data sets it does without the option.</param>
    /// <param name="seeds">Seeds it does without the option.</param>
    /// <param name="ofRun">Names of the arguments of a run that it has; null: all but those that it sets itself.</param>
    /// <param name="oneSeed">Whether it refuses more than one seed.</param>
    public PlanArguments(Command command, IReadOnlyList<string> datasets, string[] standard, int[] seeds, string[]? ofRun = null, bool oneSeed = false)
    {
        _command = command;
        _datasets = new("--datasets") { Description = string.Join(", ", datasets), DefaultValueFactory = _ => standard, AllowMultipleArgumentsPerToken = true };
        _datasets.AcceptOnlyFromAmong([.. datasets]);
        _seeds = new("--seeds") { Description = oneSeed ? "Seed, one" : "Seeds", DefaultValueFactory = _ => seeds, AllowMultipleArgumentsPerToken = true };
        if (oneSeed) _seeds.Validators.Add(result =>
        {
            if (result.GetValue(_seeds) is { } given && given.Distinct().Count() is > 1 and var count)
                result.AddError($"--seeds: {command.Name} measures one seed, found {count}. Give the command once for each, with a --folder of its own.");
        });
        _folder = new("--folder")
        {
            Description = "Where results and the report are kept", DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("artifacts", "experiments", command.Name)),
        };
        foreach (var option in new Option[] { _datasets, _seeds, _folder, _resume, _reportOnly }.Concat(_run.All.Where(option => ofRun?.Contains(option.Name) ?? !OfOneRun.Contains(option.Name)))) command.Add(option);
    }

    /// <summary>Arguments of a run that say what semantic vectors are made of.</summary>
    public static string[] OfVectors { get; } = ["--data-root", "--items-knowledge", "--users-knowledge", "--encoder", "--user-text", "--cache", "--min-history", "--threads"];

    /// <summary>Names of all arguments of a run but some, and but those that every command sets itself.</summary>
    public static string[] AllBut(IReadOnlyCollection<string> names) => [.. new RunArguments().All.Select(option => option.Name).Except(OfOneRun).Except(names)];

    /// <summary>What the command does: its work ends with a report, which is written to the folder and printed.</summary>
    /// <param name="work">Returns the report, and whether everything that was asked for is in it.</param>
    public void SetAction(Func<PlanInput, ParseResult, CancellationToken, Task<(Report Report, bool Complete)>> work) =>
        _command.SetAction((parsed, cancellation) => Outcome.OfAsync(() => RunDisplay.ShowAsync(async display =>
        {
            var input = Read(parsed, display);
            if (input.Options.Threads is { } threads) Torch.Training.ComputeThreads.Count = threads;
            var (report, complete) = await work(input, parsed, cancellation);
            ReportFiles.Write(report, input.Folder);
            Console.Out.WriteLine(MarkdownReport.Write(report));
            display.Say($"report: {Path.Combine(input.Folder.FullName, report.Name)}.html");
            return complete ? 0 : 1;
        })));

    private PlanInput Read(ParseResult parsed, RunDisplay display)
    {
        string[] datasets = [.. parsed.GetValue(_datasets)!.Distinct()];
        int[] seeds = [.. parsed.GetValue(_seeds)!.Distinct()];
        if (datasets.Length == 0) throw new ArgumentException("--datasets: expected at least one, found none.");
        if (seeds.Length == 0) throw new ArgumentException("--seeds: expected at least one, found none.");
        return new(_run.Read(parsed) with { Display = display }, datasets, seeds, parsed.GetValue(_folder)!, parsed.GetValue(_resume), parsed.GetValue(_reportOnly));
    }
}
