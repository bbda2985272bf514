// Packs every src project to a local feed, looks into the packages, and proves that a stranger can use them: consumers outside the
// repository, each with a NuGet cache of its own, get AutoGraph from that feed alone. Run from the repository's folder, after a build.
//   dotnet run nuget/Pack.cs -- [CASE…]   cases: existing-pipeline own-recommender saved-model without-native; none: all
using System.Diagnostics;

const string Missing = "TorchSharp's native library is missing: add the package TorchSharp-cpu ";
string feed = Path.GetFullPath(Path.Combine("artifacts", "packages")), work = "";
var cases = new Dictionary<string, Action>
{
    ["existing-pipeline"] = () => { Prepare("ExistingPipeline"); Console.WriteLine(Start("ExistingPipeline", InWork("clicks.zip"))); },
    ["own-recommender"] = () => { Prepare("OwnRecommender"); Console.WriteLine(Start("OwnRecommender")); },
    ["saved-model"] = SavedModel,
    ["without-native"] = WithoutNative,
};
string[] chosen = args.Length > 0 ? args : [.. cases.Keys];
if (chosen.FirstOrDefault(name => !cases.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"Expected cases of {string.Join(", ", cases.Keys)}, found {unknown}.");
    return 2;
}

try
{
    if (Directory.Exists(feed)) Directory.Delete(feed, recursive: true);
    Directory.CreateDirectory(feed);
    foreach (string project in Directory.EnumerateFiles("src", "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        DotNet("pack", project, "-c", "Release", "-o", feed, "--nologo", "-v", "quiet");
    DotNet("run", Path.Combine("nuget", "Inspect.cs"), "--", feed);
    foreach (string name in chosen)
    {
        Console.WriteLine($"== consumer {name}");
        cases[name]();
    }
    Console.WriteLine($"Fresh consumers of the packages: {string.Join(' ', chosen)}: as expected.");
    return 0;
}
catch (InvalidOperationException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
finally
{
    if (work.Length > 0) Directory.Delete(work, recursive: true);
}

void SavedModel()
{
    Prepare("Train", "Score");
    string trained = Start("Train", InWork("model.zip"), InWork("rows.tsv")), loaded = Start("Score", InWork("model.zip"), InWork("rows.tsv"));
    Console.WriteLine($"trained: {trained}\nloaded:  {loaded}");
    if (trained.Length == 0 || trained != loaded) throw new InvalidOperationException("The loaded model scores differently.");
}

void WithoutNative()
{
    Prepare("WithoutNative");
    // TorchSharp prints how it searched: our sentence is the last line.
    string said = Start("WithoutNative").Split('\n')[^1];
    Console.WriteLine(said);
    if (!said.StartsWith(Missing, StringComparison.Ordinal)) throw new InvalidOperationException("Expected one sentence that names the package to add.");
}

// Copies consumers to a new folder with a cache of its own, and builds them.
void Prepare(params string[] programs)
{
    if (work.Length > 0) Directory.Delete(work, recursive: true);
    work = Directory.CreateTempSubdirectory("autograph-consumer-").FullName;
    string version = Path.GetFileNameWithoutExtension(Directory.EnumerateFiles(feed, "AutoGraph.Core.*.nupkg").Single())["AutoGraph.Core.".Length..];
    File.Copy(Path.Combine("nuget", "consumer", "Directory.Build.props"), InWork("Directory.Build.props"));
    File.WriteAllText(InWork("NuGet.config"), $"""
        <?xml version="1.0" encoding="utf-8"?>
        <configuration>
          <packageSources><clear /><add key="local" value="{feed}" /><add key="nuget.org" value="https://api.nuget.org/v3/index.json" /></packageSources>
          <packageSourceMapping>
            <packageSource key="local"><package pattern="AutoGraph*" /></packageSource>
            <packageSource key="nuget.org"><package pattern="*" /></packageSource>
          </packageSourceMapping>
        </configuration>
        """);
    foreach (string program in programs)
    {
        string from = Path.Combine("nuget", "consumer", program);
        Directory.CreateDirectory(InWork(program));
        foreach (string file in Directory.EnumerateFiles(from)) File.Copy(file, InWork(program, Path.GetFileName(file)));
        DotNet("build", InWork(program), "-c", "Release", "--nologo", "-v", "quiet", $"-p:AutoGraphVersion={version}");
    }
}

// What the built consumer printed.
string Start(string program, params string[] arguments)
{
    var (exit, printed) = Run(InWork(program, "bin", "Release", "net10.0", OperatingSystem.IsWindows() ? program + ".exe" : program), arguments, capture: true);
    return exit == 0 ? printed.ReplaceLineEndings("\n").Trim() : throw new InvalidOperationException($"{printed}\nThe consumer {program} ended with exit code {exit}.");
}

void DotNet(params string[] arguments)
{
    if (Run("dotnet", arguments, capture: false) is (not 0 and var exit, _)) throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with exit code {exit}.");
}

(int Exit, string Printed) Run(string program, string[] arguments, bool capture)
{
    var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = capture };
    if (work.Length > 0)
    {
        start.Environment["NUGET_PACKAGES"] = InWork("cache");          // TorchSharp looks for a forgotten package there, too
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";             // a waiting node would hold files of the cache
    }
    using var process = Process.Start(start)!;
    string printed = capture ? process.StandardOutput.ReadToEnd() : "";
    process.WaitForExit();
    return (process.ExitCode, printed);
}

string InWork(params string[] parts) => Path.Combine([work, .. parts]);
