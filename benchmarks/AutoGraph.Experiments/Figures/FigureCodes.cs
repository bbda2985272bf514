using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>The codes that figures show: those that the runs of the tables have with the same options and seed.</summary>
internal sealed class FigureCodes(RunOptions options, CancellationToken cancellationToken)
{
    private readonly Dictionary<string, FactorCodes> _codes = [];
    private (ExperimentData Data, SemanticVectors Vectors)? _made;

    public static string[] Sides { get; } = ["users", "items"];

    /// <summary>Arguments of a run that the codes depend on.</summary>
    public static string[] Arguments { get; } = [.. PlanArguments.OfVectors, "--quantizer"];

    /// <summary>What the codes depend on.</summary>
    public string Settings => FormattableString.Invariant($"{VectorSettings.Of(options)}; {FactorCodes.NameOf(options.Quantizer)}; earlier positives {options.MinHistory?.ToString(CultureInfo.InvariantCulture) ?? "as the data set has them"}; seed {options.Seed}");

    public static string Describe(PlanInput input) => string.Join(" | ", from dataset in input.Datasets from seed in input.Seeds select $"{dataset}: {new FigureCodes(DataRoot.Locate(input.Options, dataset) with { Seed = seed }, default).Settings}");

    /// <summary>Data and vectors, made once.</summary>
    public async Task<(ExperimentData Data, SemanticVectors Vectors)> VectorsAsync()
    {
        if (_made is { } made) return made;
        const double secondsPerText = 0.05, secondsPerCodedRow = 0.005;     // on one busy core; texts of the cache take none
        var data = ExperimentData.Load(options, cancellationToken);
        options.Display.Say(FormattableString.Invariant($"projected: {(secondsPerText + secondsPerCodedRow) * (data.All.Users.Count + data.All.Items.Count) / 3600:F1} hours at most"));
        _made = (data, await SemanticVectors.MakeAsync(data, options, cancellationToken));
        return _made.Value;
    }

    /// <summary>Codes of a side.</summary>
    public async Task<FactorCodes> OfAsync(string side)
    {
        var (data, vectors) = await VectorsAsync();
        if (!_codes.TryGetValue(side, out var codes))
            _codes[side] = codes = side == Sides[0]
                ? FactorCodes.Fit(vectors.Users, [.. data.All.Select([.. data.Split.Train]).UserOf.ToArray().Distinct().Order()], data.Codes.Users, options, cancellationToken)
                : FactorCodes.Fit(vectors.Items, data.KnownItems, data.Codes.Items, options, cancellationToken);
        return codes;
    }
}
