using System.Globalization;
using AutoGraph.Core.Randomness;

namespace AutoGraph.Experiments;

/// <summary>One hyper-parameter.</summary>
/// <param name="Option">As on the command line of a run.</param>
/// <param name="Values">The paper's values, ascending.</param>
/// <param name="Continuous">Whether random search draws between the first and the last value, log-uniformly.</param>
/// <param name="Apply">Sets it.</param>
internal sealed record Hyperparameter(string Option, double[] Values, bool Continuous, Func<RunOptions, double, RunOptions> Apply);

/// <summary>What the paper searches (App. D) for one backbone and method; the decay of embedding tables, which it does not have, where asked for.</summary>
internal sealed class SearchSpace
{
    private static readonly Hyperparameter[] Training =
    [
        new("--learning-rate", [1e-3, 2e-3, 1e-2, 2e-2], true, (options, value) => options with { LearningRate = value }),
        new("--batch", [64, 128, 256], false, (options, value) => options with { Batch = (int)value }),
        new("--weight-decay", [1e-3, 1e-2], true, (options, value) => options with { WeightDecay = value }),
    ];

    private static readonly Hyperparameter TowerLayers = new("--tower-layers", [2, 3], false, (options, value) => options with { HiddenWidths = RunArguments.WidthsOf((int)value) });
    private static readonly Hyperparameter HistoryLayers = new("--history-layers", [1, 2, 3], false, (options, value) => options with { HistoryLayers = (int)value });
    private static readonly Hyperparameter HistoryHeads = new("--history-heads", [1, 2, 4], false, (options, value) => options with { HistoryHeads = (int)value });
    private static readonly Hyperparameter Neighbors = new("--neighbors", [12, 15, 18], false, (options, value) => options with { Neighbors = (int)value });
    private static readonly Hyperparameter PropagationLayers = new("--propagation-layers", [1, 2, 3], false, (options, value) => options with { PropagationLayers = (int)value });
    private static readonly Hyperparameter GraphLayers = new("--graph-layers", [1, 2, 3], false, (options, value) => options with { GraphLayers = (int)value });
    private static readonly Hyperparameter GraphHeads = new("--graph-heads", [1, 2, 4], false, (options, value) => options with { GraphHeads = (int)value });

    private static readonly Hyperparameter EmbeddingDecay = new("--embedding-decay", [0.03, 4], true, (options, value) => options with { EmbeddingDecay = value });

    private SearchSpace(IReadOnlyList<Hyperparameter> parameters) => Parameters = parameters;

    public IReadOnlyList<Hyperparameter> Parameters { get; }

    /// <summary>Names of everything that every search sets itself where a space has it.</summary>
    public static string[] AllOptions { get; } = [.. Training.Concat([TowerLayers, HistoryLayers, HistoryHeads, Neighbors, PropagationLayers, GraphLayers, GraphHeads]).Select(parameter => parameter.Option)];

    public static SearchSpace Of(Backbone backbone, Enhancement enhancement, bool drawsEmbeddingDecay)
    {
        List<Hyperparameter> parameters = [.. Training];
        if (drawsEmbeddingDecay) parameters.Add(EmbeddingDecay);
        if (backbone == Backbone.YouTubeDnn) parameters.Add(TowerLayers);
        if (backbone is Backbone.Gru4Rec or Backbone.SasRec) parameters.Add(HistoryLayers);
        if (backbone == Backbone.SasRec) parameters.Add(HistoryHeads);
        if ((enhancement & (Enhancement.AutoGraph | Enhancement.LightGcn)) != 0) parameters.Add(Neighbors);
        if (enhancement.HasFlag(Enhancement.LightGcn)) parameters.Add(PropagationLayers);
        if ((enhancement & (Enhancement.AutoGraph | Enhancement.Ccgnn | Enhancement.TopoI2I)) != 0) parameters.Add(GraphLayers);
        if ((enhancement & (Enhancement.Ccgnn | Enhancement.TopoI2I)) != 0) parameters.Add(GraphHeads);
        return new(parameters);
    }

    /// <summary>The first trials of the grid in a drawn order: a search that stops early has looked everywhere.</summary>
    public IReadOnlyList<SearchSetting> Grid(int trials, int seed)
    {
        IEnumerable<double[]> grid = [[]];
        foreach (var parameter in Parameters) grid = [.. grid.SelectMany(values => parameter.Values.Select(value => (double[])[.. values, value]))];
        var all = grid.ToArray();
        int[] order = [.. Enumerable.Range(0, all.Length)];
        RandomStream.For(seed, "grid search").Shuffle(order);
        return [.. order.Take(trials).Select(i => new SearchSetting(Parameters, all[i]))];
    }

    /// <summary>Settings drawn one by one; more trials have the first ones in common. Methods of a backbone share what they have in common, trial by trial.</summary>
    public IReadOnlyList<SearchSetting> Random(int trials, int seed) =>
        [.. Enumerable.Range(0, trials).Select(trial => new SearchSetting(Parameters, [.. Parameters.Select(parameter => Draw(parameter, seed, trial))]))];

    private static double Draw(Hyperparameter parameter, int seed, int trial)
    {
        var random = RandomStream.For(seed, $"random search {parameter.Option}", trial);
        if (!parameter.Continuous) return parameter.Values[random.NextInt(parameter.Values.Length)];
        double value = parameter.Values[0] * Math.Pow(parameter.Values[^1] / parameter.Values[0], random.NextDouble());
        return double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);      // as it will be typed
    }
}

/// <summary>A value for each hyper-parameter.</summary>
internal sealed record SearchSetting(IReadOnlyList<Hyperparameter> Parameters, double[] Values)
{
    /// <summary>As options on the command line of a run.</summary>
    public override string ToString() => string.Join(" ", Parameters.Zip(Values, (parameter, value) => string.Create(CultureInfo.InvariantCulture, $"{parameter.Option} {value}")));

    public RunOptions Apply(RunOptions options) => Parameters.Zip(Values).Aggregate(options, (changed, pair) => pair.First.Apply(changed, pair.Second));
}
