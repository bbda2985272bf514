using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Quantization;

namespace AutoGraph.Experiments;

/// <summary>Fitted quantizers kept in a folder beside the embedding cache, so that the methods of a table, who share codes, fit them once.</summary>
internal static class QuantizerCache
{
    /// <summary>The quantizer of these vectors, options and seed, from the folder or fitted and kept there.</summary>
    /// <param name="folder">The folder, or null to fit without one.</param>
    /// <param name="vectors">[N, V] to fit.</param>
    /// <param name="width">V.</param>
    /// <param name="options">Options.</param>
    /// <param name="seed">Seed.</param>
    public static ResidualVectorQuantizer Fit(string? folder, float[] vectors, int width, ResidualQuantizerOptions options, int seed)
    {
        if (folder is null) return ResidualVectorQuantizer.Fit(vectors, width, options, seed);
        string file = Path.Combine(folder, Key(vectors, width, options, seed) + ".quantizer");
        if (File.Exists(file))
        {
            using var stream = File.OpenRead(file);
            return ResidualVectorQuantizer.Load(TensorDictionary.Read(stream));
        }
        var fitted = ResidualVectorQuantizer.Fit(vectors, width, options, seed);
        Directory.CreateDirectory(folder);
        AtomicFile.Write(file, fitted.Save().Write);
        return fitted;
    }

    // of everything that the fit depends on; another build may fit other codes
    private static string Key(float[] vectors, int width, ResidualQuantizerOptions options, int seed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{typeof(ResidualVectorQuantizer).Module.ModuleVersionId} {width} {seed} {options with { CancellationToken = default, Progress = null }} {string.Join(",", options.HiddenWidths)}"));
        hash.AppendData(MemoryMarshal.AsBytes<float>(vectors));
        return Convert.ToHexStringLower(hash.GetCurrentHash())[..32];
    }
}
