using System.Text.Json.Serialization;
using AutoGraph.Core.Evaluation;

namespace AutoGraph.Experiments;

/// <summary>Figures of the test rows that have something in common.</summary>
internal sealed record Slice(string Of, int Rows, Figures Figures)
{
    public static Slice[] Each(IEnumerable<RankingResult> slices, string split) =>
        [.. slices.Select(slice => new Slice(slice.Protocol.Split[(split.Length + 2)..^1], slice.Evaluated, Figures.Of(slice)))];
}

/// <summary>Test figures by what training knew: from sparse to active users and from cold to popular items, seen items kept.</summary>
internal sealed record Slices(Slice[] Users, Slice[] Items);

/// <summary>The lists of the ten best items: what they look like, and the other figures at ten.</summary>
internal sealed record Lists(
    double Coverage, double Novelty, double Popularity,
    [property: JsonPropertyName("recall@10")] double Recall, [property: JsonPropertyName("precision@10")] double Precision, [property: JsonPropertyName("map@10")] double AveragePrecision)
{
    public static Lists Of(RankingResult result) =>
        new(result.Lists!.Coverage, result.Lists.Novelty, result.Lists.Popularity, result.Average.Recall, result.Average.Precision, result.Average.AveragePrecision);
}

/// <summary>Figures of rows whose target is a cold item.</summary>
internal sealed record ColdTest(int Items, int Rows, Figures SeenKept, Figures SeenMasked);
