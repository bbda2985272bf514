using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>Whether a stored result is of the run that is asked for.</summary>
internal static class ResultSettings
{
    /// <summary>What differs, one sentence each; settings that an earlier version did not store are not compared.</summary>
    public static IEnumerable<string> Differences(RunResult result, RunOptions options)
    {
        (string Name, object? Found, object? Expected)[] settings =
        [
            ("backbone", result.Backbone, RunCommand.Name(options.Backbone)),
            ("method", result.Enhance, Enhancements.Name(options.Enhance)),
            ("seed", result.Seed, options.Seed),
            ("codes", result.Codes, RunCommand.Name(options.Codes)),
            ("vectors", result.Vectors, RunCommand.Name(options.Vectors)),
            ("quantizer", result.Quantizer, FactorCodes.NameOf(options.Quantizer)),
            ("levels", result.Levels, options.Levels),
            ("user neighbours", result.UserNeighbors, RunCommand.Name(options.UserNeighbors)),
            ("neighbours", result.Neighbors, options.Neighbors),
            ("graph layers", result.GraphLayers ?? options.GraphLayers, options.GraphLayers),
            ("graph dropout", result.GraphDropout ?? options.GraphDropout, options.GraphDropout),
            ("dropout", result.Dropout ?? 0.1, options.Dropout),
            ("history dropout", result.HistoryDropout ?? 0.1, options.HistoryDropout),
            ("semantic paths", result.SemanticPaths, options.Pairwise ? RunArguments.Pairwise : RunArguments.TwoHop),
            ("attention v2", result.AttentionV2, options.AttentionV2),
            ("content nodes", result.ContentNodes, options.ContentNodes),
            ("gates", result.Gates is not null, options.Gates && options.Enhance.HasFlag(Enhancement.AutoGraph)),
            ("enhanced history", result.EnhancedHistory, options.EnhancedHistory),
            ("user content", result.UserContent, options.Enhance.HasFlag(Enhancement.Kar) ? options.UserContentOrDefault : result.UserContent),
            ("users who train", result.TrainUsers, options.TrainUsers),
            ("earlier positives", result.MinHistory, options.MinHistory ?? result.MinHistory),
            ("batch", result.Batch, options.Batch),
            ("epochs at most", result.EpochsAtMost ?? Math.Max(result.Epochs, options.Epochs), options.Epochs),
            ("patience", result.Patience, options.Patience),
            ("learning rate", result.LearningRate, options.LearningRate),
            ("weight decay", result.WeightDecay ?? options.WeightDecay, options.WeightDecay),
            ("embedding decay", result.EmbeddingDecay ?? result.WeightDecay ?? options.TableDecay(result.TrainSamples), options.TableDecay(result.TrainSamples)),
            ("sparse updates", result.SparseUpdates, options.SparseUpdates),
            ("tower widths", Widths(result.HiddenWidths ?? options.HiddenWidths), Widths(options.HiddenWidths)),
            ("history layers", result.HistoryLayers ?? options.HistoryLayers, options.HistoryLayers),
            ("history heads", result.HistoryHeads ?? options.HistoryHeads, options.HistoryHeads),
            ("propagation layers", result.PropagationLayers ?? options.PropagationLayers, options.PropagationLayers),
            ("graph heads", result.GraphHeads ?? options.GraphHeads, options.GraphHeads),
            ("loss", result.Loss, RunCommand.Name(options.Loss)),
            ("negatives", result.Negatives, RunCommand.Name(options.Negatives)),
            ("number of negatives", result.NegativeCount, options.NegativeCount),
            ("schedule", result.Schedule, RunCommand.Name(options.Schedule)),
            ("decay factor", result.DecayFactor, options.DecayFactor),
            ("decays", result.Decays, options.Decays),
            ("warm-up", result.WarmUp, options.WarmUp),
            ("part of new items", result.NewItemRate, options.NewItemRate),
            ("alignment weight", result.AlignmentWeight ?? options.AlignmentWeight, options.AlignmentWeight),
            ("alignment temperature", result.AlignmentTemperature ?? options.AlignmentTemperature, options.AlignmentTemperature),
            ("gradient clip", result.Clip, options.Clip),
            ("cold items", result.ColdTest is not null, options.ColdItems > 0 && !options.ValidationOnly),
            ("test split", result.Test is not null || options.ValidationOnly, true),
        ];
        var differences = settings.Where(setting => !Equals(setting.Found, setting.Expected)).Select(setting => string.Create(CultureInfo.InvariantCulture, $"{setting.Name} {setting.Found ?? "none"}, not {setting.Expected ?? "none"}"));
        return result.Semantics.StartsWith("items: ", StringComparison.Ordinal) ? differences.Concat(Texts(result.Semantics, options)) : differences;
    }

    private static IEnumerable<string> Texts(string semantics, RunOptions options)
    {
        string[] expected = [options.ItemsKnowledge is { } items ? $"items: {items.Name}; " : "", $"users: {RunCommand.Name(options.UserTextOrDefault)}; ", options.Encoder is null ? "corpus@" : "encoder: onnx:"];
        return expected.Where(part => !semantics.Contains(part, StringComparison.Ordinal)).Select(part => $"texts '{semantics}', not '{part.TrimEnd(';', ' ', ':', '@')}'");
    }

    private static string Widths(IEnumerable<int> widths) => string.Join(" ", widths);
}
