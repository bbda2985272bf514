using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>One run of a table.</summary>
internal sealed record TableRunKey(string Dataset, Backbone Backbone, TableMethod Method, int Seed)
{
    public override string ToString() => $"{Dataset}, {RunCommand.Name(Backbone)}, {Method.Name}, seed {Seed}";
}

/// <summary>The runs of a table and where their results are. Tables that share a folder share the runs that they have in common.</summary>
/// <param name="Definition">Which table.</param>
/// <param name="Options">What all runs share.</param>
/// <param name="Folder">Where results are kept.</param>
/// <param name="Datasets">Sections.</param>
/// <param name="Backbones">Rows.</param>
/// <param name="Methods">Rows within a backbone, the first the one compared with.</param>
/// <param name="Seeds">Runs per row.</param>
internal sealed record TablePlan(
    TableDefinition Definition, RunOptions Options, DirectoryInfo Folder, IReadOnlyList<string> Datasets, IReadOnlyList<Backbone> Backbones, IReadOnlyList<TableMethod> Methods, IReadOnlyList<int> Seeds)
{
    /// <exception cref="ArgumentException">A name is not known, or a data set is not there.</exception>
    public static TablePlan Of(TableDefinition definition, PlanInput input, IEnumerable<string> backbones, IEnumerable<string> methods)
    {
        foreach (string dataset in input.Datasets) DataRoot.Locate(input.Options, dataset);
        return new(definition, input.Options, input.Folder, input.Datasets, [.. backbones.Select(BackboneOf).Distinct()], [.. methods.Select(TableMethod.Parse).DistinctBy(method => method.Name)], input.Seeds);
    }

    /// <summary>All runs, seed by seed, so that a table cut short compares what it has.</summary>
    public IEnumerable<TableRunKey> Runs =>
        from seed in Seeds from dataset in Datasets from backbone in Backbones from method in Methods select new TableRunKey(dataset, backbone, method, seed);

    public RunOptions OptionsOf(TableRunKey run) => run.Method.Apply(DataRoot.Locate(Options, run.Dataset)) with
    {
        Backbone = run.Backbone,
        Seed = run.Seed,
        Json = new FileInfo(FileOf(run)),
        Resume = new FileInfo(Path.ChangeExtension(FileOf(run), ".checkpoint")),
    };

    /// <summary>The result of a run, or null where it has none.</summary>
    /// <exception cref="InvalidDataException">The result was made with other settings.</exception>
    public RunResult? ResultOf(TableRunKey run)
    {
        string file = FileOf(run);
        if (!File.Exists(file)) return null;
        var result = RunResult.Read(file);
        string[] others = [.. ResultSettings.Differences(result, OptionsOf(run))];
        return others.Length == 0 ? result
            : throw new InvalidDataException($"{file} was made with other settings: {string.Join("; ", others)}. Give the settings it was made with, another --folder, or --resume false.");
    }

    /// <summary>The file of a run's result.</summary>
    public string FileOf(TableRunKey run) => Path.Combine(Folder.FullName, string.Create(CultureInfo.InvariantCulture,
        $"{run.Dataset}-{RunCommand.Name(run.Backbone)}-{run.Method.Name.Replace(':', '-')}-{run.Seed}.json"));

    public static Backbone BackboneOf(string name) => Enum.GetValues<Backbone>().Cast<Backbone?>().FirstOrDefault(value => RunCommand.Name(value!.Value).Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"--backbones: expected {string.Join(", ", Enum.GetValues<Backbone>().Select(RunCommand.Name))}, found '{name}'.");
}
