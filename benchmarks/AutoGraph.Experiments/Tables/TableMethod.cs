namespace AutoGraph.Experiments;

/// <summary>A method of a table: an enhancement, and what is varied of it.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Enhance">The enhancement.</param>
/// <param name="Variations">Names of <see cref="VariationNames"/>.</param>
internal sealed record TableMethod(string Name, Enhancement Enhance, IReadOnlyList<string> Variations)
{
    private static readonly Dictionary<string, Func<RunOptions, RunOptions>> Known = new(StringComparer.Ordinal)
    {
        ["shuffled"] = options => options with { Codes = Control.Shuffled, Vectors = Control.Shuffled },
        ["no-factors"] = options => options with { Without = options.Without | Metapaths.UserSemantic | Metapaths.ItemSemantic },
        ["no-uqu"] = options => options with { Without = options.Without | Metapaths.UserSemantic },
        ["no-iqi"] = options => options with { Without = options.Without | Metapaths.ItemSemantic },
        ["no-ui"] = options => options with { Without = options.Without | Metapaths.Interaction },
        ["levels-1"] = options => options with { Levels = 1 },
        ["levels-2"] = options => options with { Levels = 2 },
        ["levels-3"] = options => options with { Levels = 3 },
        ["rqvae"] = options => options with { Quantizer = Quantizer.RqVae },
        ["residual-kmeans"] = options => options with { Quantizer = Quantizer.ResidualKMeans },
        ["hierarchical"] = options => options with { Quantizer = Quantizer.HierarchicalClustering },
        ["lsh"] = options => options with { Quantizer = Quantizer.Lsh },
    };

    /// <summary>What may stand behind a colon.</summary>
    public static IReadOnlyCollection<string> VariationNames => Known.Keys;

    /// <exception cref="ArgumentException">A part is not known.</exception>
    public static TableMethod Parse(string text)
    {
        text = text.ToLowerInvariant();     // as files and labels have it
        string[] parts = text.Split(':');
        if (parts.Skip(1).FirstOrDefault(part => !Known.ContainsKey(part)) is { } unknown)
            throw new ArgumentException($"--methods: expected {string.Join(", ", Known.Keys)} behind a colon, found '{unknown}' in '{text}'.");
        return new(text, Enhancements.Parse(parts[0]), parts[1..]);
    }

    /// <summary>The options of this method.</summary>
    public RunOptions Apply(RunOptions options) => Variations.Aggregate(options with { Enhance = Enhance }, (changed, variation) => Known[variation](changed));
}
