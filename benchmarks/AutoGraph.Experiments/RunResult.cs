using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AutoGraph.Core.Codes;
using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Attention;

namespace AutoGraph.Experiments;

/// <summary>The four figures of the paper (§4.1.2).</summary>
internal sealed record Figures(
    [property: JsonPropertyName("ndcg@10")] double Ndcg, [property: JsonPropertyName("hr@10")] double HitRate, double Mrr, double Gauc)
{
    public static Figures Of(RankingResult result) => new(result.Average.Ndcg, result.Average.HitRate, result.Average.ReciprocalRank, result.Average.GroupedAuc);
}

/// <summary>Use of one side's codebooks.</summary>
/// <param name="LevelSizes">Codes of each level; null in results of earlier versions.</param>
internal sealed record SideHealth(double[] ActiveRatio, double[] Perplexity, double CollisionRate, double[] RelativeError, double[] RandomError, int[]? LevelSizes = null)
{
    public static SideHealth Of(CodebookHealth health, IEnumerable<int> levelSizes) =>
        new([.. health.Levels.Select(level => level.ActiveRatio)], [.. health.Levels.Select(level => level.Perplexity)], health.CollisionRate,
            [.. health.Levels.Select(level => level.RelativeError)], [.. health.Levels.Select(level => level.RandomError)], [.. levelSizes]);
}

internal sealed record Codebooks(SideHealth User, SideHealth Item);

/// <summary>One epoch of a learning curve.</summary>
internal sealed record CurvePoint(int Epoch, double Loss, [property: JsonPropertyName("validationNdcg@10")] double? ValidationNdcg, double LearningRate, double Seconds);

/// <summary>The result of one run: one JSON object.</summary>
internal sealed record RunResult
{
    public required string Dataset { get; init; }
    public required int Users { get; init; }
    public required int Items { get; init; }
    public required int Interactions { get; init; }
    public required int TrainSamples { get; init; }
    public required int TestUsers { get; init; }
    public required string Backbone { get; init; }
    public required string Enhance { get; init; }
    public required int Seed { get; init; }
    public required int Threads { get; init; }
    public required string Protocol { get; init; }
    public required string Semantics { get; init; }
    public required string Codes { get; init; }
    public required string Vectors { get; init; }
    public required string Quantizer { get; init; }
    public required string[] Without { get; init; }
    public required int Levels { get; init; }
    public required string UserNeighbors { get; init; }
    public required int Neighbors { get; init; }
    public required string SemanticPaths { get; init; }

    /// <summary>Null, as <see cref="GraphDropout"/>, in results from before there was more than one layer.</summary>
    public int? GraphLayers { get; init; }
    public double? GraphDropout { get; init; }

    /// <summary>Null in results from before it could be set: 0.1.</summary>
    public double? Dropout { get; init; }

    /// <inheritdoc cref="Dropout"/>
    public double? HistoryDropout { get; init; }
    public required bool AttentionV2 { get; init; }
    public required bool ContentNodes { get; init; }

    /// <summary>What each path's messages were multiplied by after training; null without gates.</summary>
    public required MetapathGates? Gates { get; init; }
    public required bool EnhancedHistory { get; init; }

    /// <summary>Results from before this could be chosen have it.</summary>
    public bool UserContent { get; init; } = true;
    public required double TrainUsers { get; init; }
    public required int MinHistory { get; init; }
    public required int Batch { get; init; }
    public required int Patience { get; init; }
    public required double LearningRate { get; init; }
    public required string Loss { get; init; }
    public required string Negatives { get; init; }
    public required int NegativeCount { get; init; }
    public required string Schedule { get; init; }
    public required double WarmUp { get; init; }
    public required double DecayFactor { get; init; }
    public required int Decays { get; init; }
    public required double NewItemRate { get; init; }
    public double? AlignmentWeight { get; init; }
    public double? AlignmentTemperature { get; init; }
    public required double? Clip { get; init; }
    public required string? Resume { get; init; }
    public required int Epochs { get; init; }
    public required int BestEpoch { get; init; }
    public required double SecondsPerEpoch { get; init; }
    public required double SemanticSeconds { get; init; }
    public required double QuantizeSeconds { get; init; }
    public required double TestSeconds { get; init; }
    public required long PeakMemoryMiB { get; init; }

    // null in results of earlier versions
    public double? WeightDecay { get; init; }

    /// <summary>What embedding tables had; null in results of earlier versions: as all weights.</summary>
    public double? EmbeddingDecay { get; init; }

    /// <summary>Whether rows of tables that a step did not read stayed as they were.</summary>
    public bool SparseUpdates { get; init; }
    public int[]? HiddenWidths { get; init; }
    public int? HistoryLayers { get; init; }
    public int? HistoryHeads { get; init; }
    public int? PropagationLayers { get; init; }
    public int? GraphHeads { get; init; }
    public int? EpochsAtMost { get; init; }
    public double? ValidationSeconds { get; init; }
    public double? TotalSeconds { get; init; }
    public string? Commit { get; init; }
    public string? Machine { get; init; }

    /// <summary>Processes that wanted a core at the end of the run, mean of a minute.</summary>
    public double? Load { get; init; }
    public DateTimeOffset? Ended { get; init; }
    public required CurvePoint[] Curve { get; init; }
    public required Figures Validation { get; init; }
    public required Figures? Test { get; init; }
    public required Figures? TestSeenMasked { get; init; }
    public required Slices? TestSlices { get; init; }
    public required Lists? Lists { get; init; }
    public required Lists? ListsSeenMasked { get; init; }

    /// <summary>In the cold regime; the other figures are of the other items' rows.</summary>
    public required ColdTest? ColdTest { get; init; }
    public required Codebooks? Codebooks { get; init; }

    /// <summary>Rank of each test user's target, seen kept, in the order of user positions: for paired comparisons.</summary>
    public required double[]? TestRanks { get; init; }

    public required double[]? TestSeenMaskedRanks { get; init; }

    /// <summary>Candidates of each test user, seen kept.</summary>
    public required int[]? TestCandidates { get; init; }

    public required int[]? TestSeenMaskedCandidates { get; init; }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is another file.</exception>
    public static RunResult Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(file), RunResultJson.Default.RunResult) ?? throw new InvalidDataException($"Expected a result in {file}, found null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"Expected a result in {file}: {e.Message} Move the file away to run it again.", e);
        }
    }

    /// <summary>Writes one line.</summary>
    public void Write(string file) => AtomicFile.Write(file, stream => stream.Write(Encoding.UTF8.GetBytes(ToJson() + "\n")));

    public string ToJson() => JsonSerializer.Serialize(this, RunResultJson.Default.RunResult);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunResult))]
internal sealed partial class RunResultJson : JsonSerializerContext;
