using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Training;

/// <summary>Whether TorchSharp's native library is there; says in one sentence what to add where it is not.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal static class NativeRuntime
{
    private static readonly string[] LibraryNames = ["libLibTorchSharp.so", "libtorch.so", "libtorch_cpu.so"];
    private static readonly string[] RuntimeSymbols = ["GLIBCXX_", "CXXABI_", "GLIBC_"];
    private static readonly Lazy<string?> Problem = new(Find);

    /// <summary>Loads the native library, once per process.</summary>
    /// <exception cref="InvalidOperationException">It is missing or cannot be loaded; the message names the package or C++ runtime to add.</exception>
    public static void Require()
    {
        if (Problem.Value is { } problem) throw new InvalidOperationException(problem);
    }

    private static string? Find()
    {
        try
        {
            using var probe = zeros(1);
            return null;
        }
        catch (Exception error) when (error is TypeInitializationException or DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or NotSupportedException or FileNotFoundException)
        {
            return Explain(LoadFailure() ?? error.GetBaseException().Message);
        }
    }

    /// <summary>The sentence for the loader's own words.</summary>
    internal static string Explain(string failure)
    {
        if (!RuntimeSymbols.Any(symbol => failure.Contains(symbol, StringComparison.Ordinal)))
            return "TorchSharp's native library is missing: add the package TorchSharp-cpu (or TorchSharp-cuda-windows, TorchSharp-cuda-linux for NVIDIA GPUs) " +
                $"in the version of TorchSharp, 0.107.0, to the application. The loader said: {FirstSentence(failure)}";
        return "TorchSharp's native library is there, but the C++ runtime of this system is too old for it: install libstdc++6 of GCC 13 or newer " +
            $"(GLIBCXX_3.4.32; Ubuntu 24.04 and Debian 13 have it). The loader said: {FirstSentence(failure)}";
    }

    // TorchSharp swallows what the system's loader said and blames a missing package: ask the loader again.
    private static string? LoadFailure()
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux)) return null;
        string[] folders = [AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"),
            Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native")];
        foreach (string path in folders.SelectMany(folder => LibraryNames.Select(name => Path.Combine(folder, name))).Where(File.Exists))
            try
            {
                NativeLibrary.Load(path);
            }
            catch (DllNotFoundException error)
            {
                return error.Message;
            }
        return null;
    }

    private static string FirstSentence(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string line = lines.FirstOrDefault(line => line.Contains("not found", StringComparison.Ordinal)) ?? lines.FirstOrDefault() ?? "nothing";
        // The system's loader goes on with advice for those who debug it.
        return line.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end ? line[..(end + 1)] : line;
    }
}
