using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>The cells of a table and where their results are.</summary>
/// <param name="Options">What all runs share.</param>
/// <param name="Folder">Where results are kept.</param>
/// <param name="Backbones">Rows.</param>
/// <param name="Methods">Columns, the first the one compared with.</param>
/// <param name="Seeds">Runs per cell.</param>
internal sealed record TablePlan(RunOptions Options, DirectoryInfo Folder, IReadOnlyList<Backbone> Backbones, IReadOnlyList<TableMethod> Methods, IReadOnlyList<int> Seeds)
{
    public static Backbone BackboneOf(string name) => Enum.GetValues<Backbone>().Cast<Backbone?>().FirstOrDefault(value => RunCommand.Name(value!.Value) == name)
        ?? throw new ArgumentException($"--backbones: expected {string.Join(", ", Enum.GetValues<Backbone>().Select(RunCommand.Name))}, found '{name}'.");

    /// <summary>All runs, seed by seed, so that a table cut short compares what it has.</summary>
    public IEnumerable<(Backbone Backbone, TableMethod Method, int Seed)> Runs => from seed in Seeds from backbone in Backbones from method in Methods select (backbone, method, seed);

    public RunOptions OptionsOf(Backbone backbone, TableMethod method, int seed) => method.Apply(Options) with
    {
        Backbone = backbone, Seed = seed,
        Json = new FileInfo(FileOf(backbone, method, seed)),
        Resume = new FileInfo(Path.ChangeExtension(FileOf(backbone, method, seed), ".checkpoint")),
    };

    /// <summary>The result of a run, or null where it has none.</summary>
    public RunResult? ResultOf(Backbone backbone, TableMethod method, int seed) => File.Exists(FileOf(backbone, method, seed)) ? RunResult.Read(FileOf(backbone, method, seed)) : null;

    private string FileOf(Backbone backbone, TableMethod method, int seed) => Path.Combine(Folder.FullName, string.Create(CultureInfo.InvariantCulture,
        $"{Options.Dataset}-{RunCommand.Name(backbone)}-{method.Name.Replace(':', '-')}-{seed}.json"));
}
