using System.Diagnostics;
using AutoGraph.Core.Evaluation;

namespace AutoGraph.Experiments;

/// <summary>How a trained model ranks.</summary>
/// <param name="Validation">On the validation split.</param>
/// <param name="Test">On the test split, or null where it stays unread.</param>
/// <param name="Cold">On rows of items that training never saw, or null where there are none.</param>
/// <param name="ValidationSeconds">Seconds of the first.</param>
/// <param name="TestSeconds">Seconds of the others.</param>
internal sealed record TestedRun(RankingReport Validation, RankingReport? Test, RankingReport? Cold, double ValidationSeconds, double TestSeconds)
{
    /// <summary>The split of <see cref="Test"/>, and of its slices.</summary>
    public const string Split = "test";

    public static TestedRun Of(TrainedRun run, bool validationOnly)
    {
        var (clock, data) = (Stopwatch.StartNew(), run.Data);
        var validation = Evaluate(data.Validation, new() { Split = "validation" });
        double validationSeconds = clock.Elapsed.TotalSeconds;
        clock.Restart();
        var ranking = new RankingOptions
        {
            Split = Split,
            SampledNegatives = data.SampledNegatives,
            UserInteractions = Counts(run.Train.UserOf, run.Train.Users.Count),
            ItemInteractions = Counts(run.Train.ItemOf, run.Train.Items.Count),
        };
        var test = validationOnly ? null : Evaluate(data.Test, ranking);
        var cold = validationOnly || data.Cold is null ? null : Evaluate(data.Cold.Queries, ranking with { Split = "cold items" });
        return new(validation, test, cold, validationSeconds, clock.Elapsed.TotalSeconds);

        RankingReport Evaluate(RankingQueries queries, RankingOptions ranking) =>
            RankingEvaluator.Evaluate(queries, data.All.Items.Count, (first, count, scores) => run.Model.Score(queries, first, count, scores), ranking);
    }

    private static int[] Counts(ReadOnlySpan<int> entities, int count)
    {
        var counts = new int[count];
        foreach (int entity in entities) counts[entity]++;
        return counts;
    }
}
