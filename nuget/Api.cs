// Writes PublicAPI.Unshipped.txt of every src project anew: what the code exports beyond PublicAPI.Shipped.txt.
// The build compares both files with the code; read their diff before you commit it. Run from the repository's folder.
//   dotnet run nuget/Api.cs
using System.Diagnostics;
using System.Text.RegularExpressions;

const string Heading = "#nullable enable\n";
var missing = new Regex(@"warning RS0016: Symbol '(?<symbol>.*)' is not part of the declared public API.*[/\\](?<project>[^/\\]+)\.csproj");
string[] projects = [.. Directory.EnumerateFiles("src", "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
var exported = projects.ToDictionary(project => Path.GetFileNameWithoutExtension(project), _ => new SortedSet<string>(StringComparer.Ordinal));
foreach (string project in projects)
{
    File.WriteAllText(Beside(project, "PublicAPI.Unshipped.txt"), Heading);
    if (!File.Exists(Beside(project, "PublicAPI.Shipped.txt"))) File.WriteAllText(Beside(project, "PublicAPI.Shipped.txt"), Heading);
}
// The changed lists make each project compile once, and say on the way what is missing in them.
foreach (string project in projects)
{
    using var build = Process.Start(new ProcessStartInfo("dotnet", ["build", project, "-c", "Release", "--nologo", "-v", "quiet", "-clp:NoSummary", "-p:TreatWarningsAsErrors=false"]) { RedirectStandardOutput = true })!;
    string said = build.StandardOutput.ReadToEnd();
    build.WaitForExit();
    if (build.ExitCode != 0)
    {
        Console.Error.Write(said);
        return 1;
    }
    foreach (Match match in missing.Matches(said)) exported[match.Groups["project"].Value].Add(match.Groups["symbol"].Value);
}
foreach (string project in projects)
{
    string name = Path.GetFileNameWithoutExtension(project);
    File.WriteAllText(Beside(project, "PublicAPI.Unshipped.txt"), Heading + string.Concat(exported[name].Select(symbol => symbol + "\n")));
    Console.WriteLine($"{name,-28} {exported[name].Count,5} members");
}
return 0;

static string Beside(string project, string file) => Path.Combine(Path.GetDirectoryName(project)!, file);
