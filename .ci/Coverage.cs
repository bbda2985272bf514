// Line coverage of src over all test programs together, from coverlet's JSON reports; ends with 1 where it is below the least.
//   dotnet run .ci/Coverage.cs -- 90 artifacts/coverage/*.json
using System.Globalization;
using System.Text.Json;

double least = double.Parse(args[0], CultureInfo.InvariantCulture);
var projects = new SortedDictionary<string, Dictionary<(string File, int Line), bool>>(StringComparer.Ordinal);
foreach (string path in args[1..])
    foreach (var module in JsonDocument.Parse(File.ReadAllText(path)).RootElement.EnumerateObject())
        foreach (var file in module.Value.EnumerateObject())
            foreach (var type in file.Value.EnumerateObject())
                foreach (var method in type.Value.EnumerateObject())
                    foreach (var line in method.Value.GetProperty("Lines").EnumerateObject())
                    {
                        string project = Path.GetFileNameWithoutExtension(module.Name);
                        if (!projects.TryGetValue(project, out var lines)) projects.Add(project, lines = []);
                        var at = (file.Name, int.Parse(line.Name, CultureInfo.InvariantCulture));
                        lines[at] = lines.GetValueOrDefault(at) || line.Value.GetInt32() > 0;
                    }

int all = 0, covered = 0;
foreach (var (project, lines) in projects)
{
    int hit = lines.Values.Count(ran => ran);
    Console.WriteLine($"{project,-24} {100.0 * hit / lines.Count,6:F1} %  of {lines.Count,6:N0} lines");
    var missed = lines.GroupBy(line => line.Key.File).Select(file => (File: file.Key, Lines: file.Count(line => !line.Value))).Where(file => file.Lines > 0)
        .OrderByDescending(file => file.Lines).Take(3);
    Console.WriteLine($"{"",24}   most missed: {string.Join(", ", missed.Select(file => $"{Path.GetFileName(file.File)} {file.Lines}"))}");
    all += lines.Count;
    covered += hit;
}
double total = 100.0 * covered / Math.Max(1, all);
Console.WriteLine($"{"all",-24} {total,6:F1} %  of {all,6:N0} lines; at least {least:F0} % wanted");
return total >= least ? 0 : 1;
