// Looks into the packages of a feed: what a consumer sees, and what the packages ask of one.
//   dotnet run nuget/Inspect.cs -- artifacts/packages
// The dependencies of each package stand here a second time, so that one more (a native runtime, a build tool, a pinned transitive) is a decision.
using System.IO.Compression;
using System.Xml.Linq;

var dependenciesOf = new Dictionary<string, string[]>
{
    ["AutoGraph"] = ["AutoGraph.Core", "AutoGraph.Datasets", "AutoGraph.Semantics", "AutoGraph.Torch", "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.ML", "OnnxSharp", "System.IO.Hashing"],
    ["AutoGraph.Core"] = ["MathNet.Numerics", "System.Numerics.Tensors"],
    ["AutoGraph.Datasets"] = ["AutoGraph.Core", "CsvHelper"],
    ["AutoGraph.Onnx"] = ["Microsoft.Extensions.AI.Abstractions", "Microsoft.ML.OnnxRuntime.Managed", "Microsoft.ML.Tokenizers"],
    ["AutoGraph.Orleans"] = ["AutoGraph", "AutoGraph.Core", "AutoGraph.Parquet", "AutoGraph.Semantics", "Microsoft.Extensions.Diagnostics.HealthChecks.Abstractions", "Microsoft.Orleans.Client", "Microsoft.Orleans.Sdk", "Microsoft.Orleans.Server", "System.IO.Hashing"],
    ["AutoGraph.Parquet"] = ["AutoGraph.Core", "Microsoft.ML", "Parquet.Net"],
    ["AutoGraph.Semantics"] = ["AutoGraph.Core", "MathNet.Numerics", "Microsoft.Data.Sqlite", "Microsoft.Extensions.AI.Abstractions", "Microsoft.ML.Tokenizers", "Microsoft.ML.Tokenizers.Data.O200kBase", "Polly.Core", "System.ClientModel"],
    ["AutoGraph.Torch"] = ["AutoGraph.Core", "TorchSharp"],
    ["AutoGraph.VectorStores"] = ["Microsoft.Extensions.VectorData.Abstractions", "Microsoft.ML"],
};
var faults = new List<string>();
string[] files = [.. Directory.EnumerateFiles(args[0], "*.nupkg").Order(StringComparer.Ordinal)];
if (files.Length == 0) faults.Add($"no package in {args[0]}");
foreach (string file in files)
{
    using var package = ZipFile.OpenRead(file);
    string[] entries = [.. package.Entries.Select(entry => entry.FullName)];
    var metadata = XDocument.Load(package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open()).Root!.Elements().First();
    string? Value(string name) => metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
    string id = Value("id")!;
    void Expect(bool holds, string what)
    {
        if (!holds) faults.Add($"{Path.GetFileName(file)}: {what}");
    }

    string[] expected = ["README.md", "icon.png", $"lib/net10.0/{id}.dll", $"lib/net10.0/{id}.xml"];
    foreach (string name in expected) Expect(entries.Contains(name), $"expected {name}, found {string.Join(", ", entries)}");
    Expect(Value("icon") == "icon.png" && Value("readme") == "README.md", "expected icon and readme in the nuspec");
    Expect(Value("license") == "MIT", $"expected the licence MIT, found {Value("license")}");
    Expect(Value("description")?.Length > 40 && !Value("description")!.StartsWith("Package Description", StringComparison.Ordinal), "expected a description");

    var dependencies = metadata.Descendants().Where(element => element.Name.LocalName == "dependency").ToDictionary(element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value);
    string[] known = dependenciesOf.GetValueOrDefault(id, []);
    Expect(dependenciesOf.ContainsKey(id), $"expected the dependencies of {id} in nuget/Inspect.cs");
    foreach (string dependency in dependencies.Keys.Except(known)) Expect(false, $"expected no dependency on {dependency}; a wanted one goes into nuget/Inspect.cs");
    foreach (string dependency in known.Except(dependencies.Keys)) Expect(false, $"expected a dependency on {dependency}, as nuget/Inspect.cs says");
    foreach (var (dependency, asked) in dependencies.Where(dependency => dependenciesOf.ContainsKey(dependency.Key))) Expect(asked == Value("version"), $"expected {dependency} {Value("version")}, found {asked}");
    if (dependencies.TryGetValue("Microsoft.ML", out string? range)) Expect(range == "[5.0.1, 5.1.0)", $"expected Microsoft.ML [5.0.1, 5.1.0), found {range}");

    string symbols = Path.ChangeExtension(file, ".snupkg");
    Expect(File.Exists(symbols), $"expected {Path.GetFileName(symbols)} beside it");
    if (File.Exists(symbols))
    {
        using var pdb = ZipFile.OpenRead(symbols);
        Expect(pdb.GetEntry($"lib/net10.0/{id}.pdb") is not null, "expected the .pdb in the symbol package");
    }
    Console.WriteLine($"{id,-24} {Value("version")}  {new FileInfo(file).Length / 1024,5:N0} KB  {string.Join(' ', dependencies.Select(dependency => $"{dependency.Key} {dependency.Value}"))}");
}
foreach (string fault in faults) Console.Error.WriteLine(fault);
return faults.Count == 0 ? 0 : 1;
