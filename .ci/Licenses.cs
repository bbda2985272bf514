// The licences of everything that our packages bring along, from the restored packages, compared with the tracked list.
//   dotnet run .ci/Licenses.cs              compares; ends with 1 where they differ
//   dotnet run .ci/Licenses.cs -- --write   writes the list anew; read its diff
using System.Security.Cryptography;
using System.Text.Json;
using System.Xml.Linq;

const string List = "nuget/licenses.tsv";
var found = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
foreach (string project in Directory.EnumerateFiles("src", "*.csproj", SearchOption.AllDirectories))
{
    string assets = Path.Combine(Path.GetDirectoryName(project)!, "obj", "project.assets.json");
    if (!File.Exists(assets))
    {
        Console.Error.WriteLine($"Expected {assets}: restore first (./build.sh build).");
        return 1;
    }
    var root = JsonDocument.Parse(File.ReadAllText(assets)).RootElement;
    string[] folders = [.. root.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name)];
    string[] tools = [.. root.GetProperty("project").GetProperty("frameworks").EnumerateObject().SelectMany(framework => framework.Value.GetProperty("dependencies").EnumerateObject())
        .Where(dependency => dependency.Value.TryGetProperty("suppressParent", out var parent) && parent.GetString() == "All").Select(dependency => dependency.Name)];
    foreach (var library in root.GetProperty("libraries").EnumerateObject().Where(library => library.Value.GetProperty("type").GetString() == "package"))
    {
        string id = library.Name.Split('/')[0];
        if (tools.Contains(id, StringComparer.OrdinalIgnoreCase)) continue;   // builds us, reaches nobody
        string folder = folders.Select(folder => Path.Combine(folder, library.Value.GetProperty("path").GetString()!)).First(Directory.Exists);
        found[id] = LicenseOf(folder);
    }
}
string[] lines = [.. found.Select(entry => $"{entry.Key}\t{entry.Value}")];
if (args is ["--write"])
{
    File.WriteAllLines(List, lines);
    Console.WriteLine($"{List}: {lines.Length} packages");
    return 0;
}
string[] tracked = File.ReadAllLines(List);
foreach (string line in lines.Except(tracked)) Console.Error.WriteLine($"new or with another licence: {line}");
foreach (string line in tracked.Except(lines)) Console.Error.WriteLine($"no longer so: {line}");
bool same = lines.ToHashSet().SetEquals(tracked);
Console.WriteLine(same ? $"{lines.Length} packages, each with the licence that {List} says" : $"Read the licences above, then: dotnet run .ci/Licenses.cs -- --write");
return same ? 0 : 1;

// An SPDX expression; or the file in the package with the beginning of its hash, so that another text shows; or an address.
static string LicenseOf(string folder)
{
    var metadata = XDocument.Load(Directory.EnumerateFiles(folder, "*.nuspec").Single()).Root!.Elements().First().Elements().ToLookup(element => element.Name.LocalName);
    if (metadata["license"].FirstOrDefault() is not { } license) return metadata["licenseUrl"].FirstOrDefault()?.Value.Trim() ?? "none named";
    string value = license.Value.Trim();
    if (license.Attribute("type")?.Value != "file") return value;
    string path = Path.Combine(folder, value.Replace('\\', '/'));
    return $"file {value} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))[..12]}";
}
