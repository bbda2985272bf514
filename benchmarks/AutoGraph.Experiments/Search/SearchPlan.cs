using System.Diagnostics;
using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>A search: the same number of trials for each method, trial by trial, so that a search cut short has tuned all of them alike.</summary>
/// <param name="Options">What trials share.</param>
/// <param name="Backbones">Backbones.</param>
/// <param name="Methods">Methods.</param>
/// <param name="Grid">The paper's grid in a drawn order; otherwise random settings, which have a decay of embedding tables where none is given.</param>
/// <param name="Trials">Trials per data set, backbone, method and seed.</param>
/// <param name="Hours">Hours that all trials together may take, those of earlier starts included; null: as long as it takes.</param>
internal sealed record SearchPlan(RunOptions Options, IReadOnlyList<Backbone> Backbones, IReadOnlyList<TableMethod> Methods, bool Grid, int Trials, double? Hours)
{
    private sealed record Job(string Dataset, Backbone Backbone, TableMethod Method, int Seed, int Number, SearchSetting Setting)
    {
        public string Name(bool grid) => string.Create(CultureInfo.InvariantCulture, $"search-{(grid ? "grid" : "random")}-{Dataset}-{RunCommand.Name(Backbone)}-{Method.Name.Replace(':', '-')}-{Seed}-{Number:000}");

        public override string ToString() => $"{Dataset}, {RunCommand.Name(Backbone)}, {Method.Name}, seed {Seed}, trial {Number}: {Setting}";
    }

    /// <summary>Does the trials that are not there yet, as long as the budget lasts.</summary>
    /// <returns>Trials that have ended, how many were planned.</returns>
    public async Task<(IReadOnlyList<SearchTrial> Done, int Planned)> RunAsync(PlanInput input, CancellationToken cancellationToken)
    {
        Job[] jobs = [.. Jobs(input)];
        input.Folder.Create();
        var stored = new KeptResults(input.Folder, input.Resume, reportOnly: true);
        var done = new Dictionary<Job, SearchTrial>();
        foreach (var job in jobs)
            if (await stored.GetAsync<SearchTrial>(job.Name(Grid), Settings(job), () => throw new UnreachableException()) is { } trial) done[job] = trial;
        if (!input.ReportOnly) await RunAsync(input, [.. jobs.Where(job => !done.ContainsKey(job))], done, cancellationToken);
        return ([.. jobs.Where(done.ContainsKey).Select(job => done[job])], jobs.Length);
    }

    private async Task RunAsync(PlanInput input, Job[] missing, Dictionary<Job, SearchTrial> done, CancellationToken cancellationToken)
    {
        Options.Display.Say($"{missing.Length} of {missing.Length + done.Count} trials to do");
        if (missing.Length == 0) return;
        double each = done.Count > 0 ? done.Values.Average(trial => trial.Seconds) : (await RunTiming.MeasureAsync(OptionsOf(missing[0]), cancellationToken)).Expected(Options);
        double left = Hours is { } budget ? Math.Max(0, budget * 3600 - done.Values.Sum(trial => trial.Seconds)) : double.PositiveInfinity;
        Options.Display.Say(string.Create(CultureInfo.InvariantCulture, $"projected: {Math.Min(left, each * missing.Length) / 3600:F1} hours"));
        var results = input.Results;
        for (int i = 0; i < missing.Length && left > 0; i++)
        {
            var job = missing[i];
            Options.Display.Begin($"{job}", i + 1, missing.Length, TimeSpan.FromSeconds(Math.Min(left, each * (missing.Length - i))));
            done[job] = (await results.GetAsync(job.Name(Grid), Settings(job), () => TryAsync(job, Checkpoint(input, job), cancellationToken)))!;
            left -= done[job].Seconds;
            each = done.Values.Average(trial => trial.Seconds);
        }
        if (!missing.All(done.ContainsKey)) Options.Display.Say("The budget is used up; the same command with more --hours goes on.");
    }

    private async Task<SearchTrial> TryAsync(Job job, FileInfo checkpoint, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            var result = await Run.TrainAndTestAsync(OptionsOf(job) with { Resume = checkpoint }, cancellationToken);
            return Trial(result.Validation, result.BestEpoch, result.Epochs, null);
        }
        catch (InvalidOperationException e)
        {
            Options.Display.Say($"failed: {e.Message}");
            return Trial(null, 0, 0, e.Message);
        }

        SearchTrial Trial(Figures? figures, int bestEpoch, int epochs, string? failure) =>
            new(job.Dataset, RunCommand.Name(job.Backbone), job.Method.Name, job.Seed, job.Number, job.Setting.ToString(), figures?.Ndcg, figures?.Gauc, bestEpoch, epochs, clock.Elapsed.TotalSeconds, failure);
    }

    /// <summary>The test split stays unread.</summary>
    private RunOptions OptionsOf(Job job) => job.Setting.Apply(job.Method.Apply(DataRoot.Locate(Options, job.Dataset))) with { Backbone = job.Backbone, Seed = job.Seed, ValidationOnly = true, Resume = null };

    private FileInfo Checkpoint(PlanInput input, Job job) => new(Path.Combine(input.Folder.FullName, job.Name(Grid) + ".checkpoint"));

    private string Settings(Job job) => RunSettings.Of(OptionsOf(job));

    /// <summary>Trial by trial over all methods.</summary>
    private IEnumerable<Job> Jobs(PlanInput input)
    {
        var searches = (from dataset in input.Datasets
                        from backbone in Backbones
                        from method in Methods
                        from seed in input.Seeds
                        let space = SearchSpace.Of(backbone, method.Enhance, drawsEmbeddingDecay: !Grid && Options.EmbeddingDecay is null)
                        select (dataset, backbone, method, seed, settings: Grid ? space.Grid(Trials, seed) : space.Random(Trials, seed))).ToArray();
        return from number in Enumerable.Range(0, Trials)
               from search in searches
               where number < search.settings.Count
               select new Job(search.dataset, search.backbone, search.method, search.seed, number + 1, search.settings[number]);
    }
}
