using AutoGraph.Core.Codes;
using AutoGraph.Core.Features;

namespace AutoGraph;

public sealed partial class RecommendationEngine
{
    /// <summary>Whether items that joined after training are still of the kind that the quantizer was fitted on.</summary>
    /// <param name="options">When to advise a refit; null: the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The model has no graph, no semantic vectors or no quantizer over them; the message says what to do.</exception>
    public DriftReport ItemDrift(DriftOptions? options = null)
    {
        var items = _snapshot.Items;
        return Drift("item", _itemRows, _model.Items.Features, _model.Model.Graph?.Graph.ItemCodes, options ?? DriftOptions.Default,
            LatestJoined(items.Ids).Where(item => !items.IsHidden(item)).Select(item => ((float[]?)items.Content[item].ToArray(), items.Codes[item].ToArray())));
    }

    /// <summary>Whether users that joined after training are still of the kind that the quantizer was fitted on.</summary>
    /// <remarks>An engine keeps the vectors of users that joined where its recommender reads them (<see cref="Enhancement.Kar"/> with <see cref="RecommenderOptions.UserContent"/>). Elsewhere their codes speak alone, and <see cref="LevelDrift.NewError"/> is null.</remarks>
    /// <inheritdoc cref="ItemDrift"/>
    public DriftReport UserDrift(DriftOptions? options = null)
    {
        var users = _snapshot.Users;
        return Drift("user", _userRows, _model.Users.Features, _model.Model.Graph?.Graph.UserCodes, options ?? DriftOptions.Default,
            LatestJoined(users.Ids).Where(user => !users.IsHidden(user)).Select(user => (users.Features[user][0]?.Fields.OfType<SemanticField>().FirstOrDefault()?.Values, users.Codes[user][0])));
    }

    /// <summary>Reports of both sides where the model allows them, made anew only where rows joined since the last call.</summary>
    internal IEnumerable<DriftReport> WatchedDrifts(DriftOptions options)
    {
        lock (_drifts)
        {
            var snapshot = _snapshot;
            if (_itemRows.SemanticQuantizer is not null && _model.Model.Graph is not null && _drifts.Items.Count != snapshot.Items.Ids.Count) _drifts.Items = (snapshot.Items.Ids.Count, ItemDrift(options));
            if (_userRows.SemanticQuantizer is not null && _model.Model.Graph is not null && _drifts.Users.Count != snapshot.Users.Ids.Count) _drifts.Users = (snapshot.Users.Ids.Count, UserDrift(options));
            return [.. new[] { _drifts.Items.Report, _drifts.Users.Report }.OfType<DriftReport>()];
        }
    }

    private readonly Drifts _drifts = new();

    private sealed class Drifts
    {
        internal (int Count, DriftReport? Report) Items, Users;
    }

    private static DriftReport Drift(string side, JoiningRows rows, FeatureTable features, CodeTable? trainingCodes, DriftOptions options, IEnumerable<(float[]? Content, int[] Codes)> joined)
    {
        options.Validate();
        if (rows.SemanticQuantizer is not { } quantizer || trainingCodes is null || features.Fields.OfType<SemanticField>().FirstOrDefault() is not { Scale: { } scale } field)
            throw new InvalidOperationException($"Expected a model with a graph, semantic vectors of the {side}s and a fitted pipeline that quantizes them, found none. Give its SideTable a pipeline with SemanticVector and ResidualQuantizer, and CreateEngine the whole model.");
        int count = Math.Min(options.MostRows, trainingCodes.Count);
        int[] training = [.. Enumerable.Range(0, count).Select(row => (int)((long)row * trainingCodes.Count / count))];
        // zeros stand for no semantic vector, null for one that was not kept
        (float[]? Content, int[] Codes)[] news = [.. joined.Where(row => row.Codes.Length > 0 && (row.Content is null || row.Content.AsSpan().ContainsAnyExcept(0f))).Take(options.MostRows)];
        if (news.Length == 0) return DriftReport.Of(side, training.Length, 0, [], options);
        var (oldCodes, newCodes) = (training.SelectMany(row => trainingCodes.Row(row).ToArray()).ToArray(), news.SelectMany(row => row.Codes).ToArray());
        double[] oldErrors = quantizer.RelativeErrors([.. training.SelectMany(row => scale.Undo(field.Values.AsSpan(row * field.Width, field.Width)))], oldCodes);
        double[]? newErrors = news.Any(row => row.Content is null) ? null : quantizer.RelativeErrors([.. news.SelectMany(row => scale.Undo(row.Content!))], newCodes);
        return DriftReport.Of(side, training.Length, news.Length, [.. Enumerable.Range(0, quantizer.Levels).Select(level => new LevelDrift(level, oldErrors[level], newErrors?[level] is { } error && !double.IsNaN(error) ? error : null,
            CodeLoad.Measure(Counts(oldCodes, level, quantizer), Counts(newCodes, level, quantizer))))], options);
    }

    private static IEnumerable<int> LatestJoined(IdIndex ids)
    {
        for (int position = ids.Count - 1; position >= ids.FittedCount; position--) yield return position;
    }

    private static int[] Counts(int[] codes, int level, ResidualQuantizerTransformer quantizer)
    {
        var counts = new int[quantizer.LevelSizes[level]];
        for (int at = level; at < codes.Length; at += quantizer.Levels) counts[codes[at]]++;
        return counts;
    }
}
