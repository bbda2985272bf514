using System.CommandLine;
using AutoGraph.Core.Codes;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Quantization;

namespace AutoGraph.Experiments;

/// <summary>Codes of one side with the health of their codebooks.</summary>
/// <param name="Codes">Codes of all rows.</param>
/// <param name="Health">Use of the codebooks.</param>
/// <param name="Fitted">What made the codes.</param>
internal sealed record FactorCodes(CodeTable Codes, CodebookHealth Health, ResidualVectorQuantizer Fitted)
{
    private static readonly Dictionary<string, Quantizer> Quantizers = new(StringComparer.Ordinal)
    {
        ["rqvae"] = Quantizer.RqVae, ["residual-kmeans"] = Quantizer.ResidualKMeans, ["hierarchical"] = Quantizer.HierarchicalClustering, ["lsh"] = Quantizer.Lsh,
    };

    /// <summary>The option that chooses the quantizer by its name on the command line.</summary>
    public static Option<string> QuantizerOption(string standard = "rqvae")
    {
        Option<string> option = new("--quantizer") { Description = "What makes the codes", DefaultValueFactory = _ => standard };
        option.AcceptOnlyFromAmong([.. Quantizers.Keys]);
        return option;
    }

    /// <summary>The option that chooses several.</summary>
    public static Option<string[]> QuantizersOption()
    {
        Option<string[]> option = new("--quantizer") { Description = "What makes the codes; several are fitted one after the other", DefaultValueFactory = _ => ["rqvae"], AllowMultipleArgumentsPerToken = true };
        option.AcceptOnlyFromAmong([.. Quantizers.Keys]);
        return option;
    }

    public static Quantizer QuantizerOf(string name) => Quantizers[name];

    public static string NameOf(Quantizer quantizer) => Quantizers.Single(pair => pair.Value == quantizer).Key;

    /// <param name="vectors">[N, V] of all rows.</param>
    /// <param name="trained">Rows that the quantizer learns from; the others get the nearest codes, as new rows do.</param>
    /// <param name="codebookSize">Codes per level.</param>
    /// <param name="options">The run.</param>
    /// <param name="cancellationToken">Stops the fit.</param>
    public static FactorCodes Fit(float[,] vectors, IReadOnlyList<int> trained, int codebookSize, RunOptions options, CancellationToken cancellationToken)
    {
        int width = vectors.GetLength(1);
        var all = vectors.Cast<float>().ToArray();
        var fitted = trained.SelectMany(row => new ArraySegment<float>(all, row * width, width)).ToArray();
        var quantizer = QuantizerCache.Fit(options.Cache is { } cache ? cache.FullName + ".quantizers" : null, fitted, width, new() { Quantizer = options.Quantizer, CodebookSize = codebookSize, CancellationToken = cancellationToken }, options.Seed);
        var codes = new int[vectors.GetLength(0) * quantizer.Levels];
        quantizer.Encode(all, codes, []);
        var table = new CodeTable(codes, quantizer.Levels, quantizer.CodebookSize);
        return new(options.Codes == Control.Shuffled ? Shuffle(table, options.Seed) : table, quantizer.Health, quantizer);
    }

    /// <summary>Codebook vectors of the first levels, [levels · K, V'], filled up with zeros where a level has fewer codes.</summary>
    public NodeVectors Codebooks(int levels)
    {
        int size = Fitted.CodebookSize * Fitted.Dimension;
        var vectors = new float[levels * size];
        for (int level = 0; level < levels; level++) Fitted.Codebook(level).CopyTo(vectors, level * size);
        return new(vectors, Fitted.Dimension);
    }

    /// <summary>The codes of all rows, each at another place: the control that keeps the use of every code and no meaning.</summary>
    internal static CodeTable Shuffle(CodeTable codes, int seed)
    {
        int[] rows = [.. Enumerable.Range(0, codes.Count)];
        new Random(seed).Shuffle(rows);
        return new CodeTable([.. rows.SelectMany(row => codes.Row(row).ToArray())], codes.Levels, codes.CodebookSize);
    }
}
