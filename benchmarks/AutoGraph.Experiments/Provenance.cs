using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AutoGraph.Experiments;

/// <summary>What figures were made with: machine, runtime, packages, commit.</summary>
internal static class Provenance
{
    private static readonly string[] Told =
    [
        "TorchSharp", "libtorch-cpu-linux-x64", "libtorch-cpu-win-x64", "libtorch-cpu-osx-arm64", "TorchSharp-cuda-linux", "TorchSharp-cuda-windows",
        "Microsoft.ML", "Microsoft.ML.OnnxRuntime", "Microsoft.ML.Tokenizers", "MathNet.Numerics", "System.Numerics.Tensors", "Microsoft.Data.Sqlite", "Microsoft.Extensions.AI", "OxyPlot.Core",
    ];

    /// <summary>Processor, cores that this process may use, memory and system.</summary>
    public static string Machine { get; } = string.Create(CultureInfo.InvariantCulture,
        $"{Processor()}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30):F0} GiB, {RuntimeInformation.OSDescription}");

    public static string Runtime => RuntimeInformation.FrameworkDescription;

    /// <summary>The commit that was built, as the SDK writes it behind the version; "unknown" where it was built outside of a repository.</summary>
    public static string Commit { get; } =
        typeof(Provenance).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, var commit] ? commit : "unknown";

    /// <summary>Names and versions of the packages that figures and times may depend on.</summary>
    public static string Packages { get; } = string.Join(", ", PackageVersions());

    /// <summary>Processes that wanted a core, mean of the last minute; null where the system does not tell.</summary>
    public static double? Load() => File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : null;

    private static string Processor()
    {
        const string file = "/proc/cpuinfo", key = "model name";
        string? line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static IEnumerable<string> PackageVersions()
    {
        string? file = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';').FirstOrDefault(File.Exists);
        if (file is null) return [];
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        return [.. json.RootElement.GetProperty("libraries").EnumerateObject().Select(library => library.Name.Split('/')).Where(name => Told.Contains(name[0])).Select(name => $"{name[0]} {name[1]}").Order(StringComparer.Ordinal)];
    }
}
