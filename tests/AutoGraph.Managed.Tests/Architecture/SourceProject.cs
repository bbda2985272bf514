using System.Reflection;
using System.Xml.Linq;
using AutoGraph.TestKit;
using Mono.Cecil;

namespace AutoGraph.Managed.Tests.Architecture;

/// <summary>One project under src: its project file, its sources and its assembly as built with these tests.</summary>
internal sealed record SourceProject(string Name)
{
    private static readonly string Configuration = typeof(SourceProject).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    internal static IReadOnlyList<string> Names { get; } = [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src"))
        .Where(folder => Directory.GetFiles(folder, "*.csproj").Length > 0).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    private string Folder => Path.Combine(Repository.Root, "src", Name);

    private XDocument File => XDocument.Load(Path.Combine(Folder, $"{Name}.csproj"));

    /// <summary>Names of the projects referenced.</summary>
    internal string[] Projects => [.. Included("ProjectReference").Select(e => Path.GetFileNameWithoutExtension(((string)e.Attribute("Include")!).Replace('\\', '/'))).Order(StringComparer.Ordinal)];

    /// <summary>Packages that reach the consumer, those needed only to build left out.</summary>
    internal string[] Packages => [.. Included("PackageReference").Where(e => !string.Equals((string?)e.Attribute("PrivateAssets"), "all", StringComparison.OrdinalIgnoreCase))
        .Select(e => (string)e.Attribute("Include")!).Order(StringComparer.Ordinal)];

    /// <summary>Source files, generated ones left out.</summary>
    internal IEnumerable<string> Sources => Directory.EnumerateFiles(Folder, "*.cs", SearchOption.AllDirectories).Where(file => !IsBuildOutput(file));

    /// <summary>Names of all folders with sources, at any depth.</summary>
    internal IEnumerable<string> Folders => Sources.SelectMany(file => Path.GetRelativePath(Folder, Path.GetDirectoryName(file)!).Split(Path.DirectorySeparatorChar)).Distinct();

    /// <summary>Path of the assembly; a missing one is an error, never a reason to skip.</summary>
    internal string AssemblyPath
    {
        get
        {
            string path = Path.Combine(Folder, "bin", Configuration, "net10.0", $"{Name}.dll");
            return System.IO.File.Exists(path) ? path : throw new FileNotFoundException($"Expected the built assembly {path}, found none. Build the solution in {Configuration} first.");
        }
    }

    internal AssemblyDefinition ReadAssembly() => AssemblyDefinition.ReadAssembly(AssemblyPath);

    private IEnumerable<XElement> Included(string kind) => File.Descendants(kind).Where(e => e.Attribute("Include") is not null);

    private bool IsBuildOutput(string file) => Path.GetRelativePath(Folder, file).Split(Path.DirectorySeparatorChar)[0] is "bin" or "obj";
}
