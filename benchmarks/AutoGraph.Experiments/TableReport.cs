using System.Globalization;
using System.Text;
using AutoGraph.Core.Evaluation;
using MathNet.Numerics.Statistics;

namespace AutoGraph.Experiments;

/// <summary>A table as Markdown: figures of each cell, and each method against the first over the seeds that both have.</summary>
internal static class TableReport
{
    public static string Write(TablePlan plan)
    {
        var text = new StringBuilder();
        var done = plan.Runs.Select(run => (Run: run, Result: plan.ResultOf(run.Backbone, run.Method, run.Seed))).Where(run => run.Result is not null).ToDictionary(run => run.Run, run => run.Result!);
        var any = done.Values.FirstOrDefault();
        if (any is null) return "No run has ended yet.";
        Line($"{any.Dataset}: {any.Users:N0} users, {any.Items:N0} items, {any.TrainSamples:N0} training samples, {any.TestUsers:N0} test rows. {any.Protocol}; \"masked\" leaves seen items out.");
        Line($"Batch {any.Batch}, learning rate {any.LearningRate}, patience {any.Patience}, users who train {any.TrainUsers:P0}. Mean over seeds ± standard deviation.");
        Line($"");
        Line($"| backbone | method | seeds | NDCG@10 | GAUC | NDCG@10 masked | GAUC masked | best epochs | s an epoch |");
        Line($"|---|---|---|---|---|---|---|---|---|");
        foreach (var backbone in plan.Backbones)
            foreach (var method in plan.Methods)
            {
                RunResult[] results = [.. plan.Seeds.Where(seed => done.ContainsKey((backbone, method, seed))).Select(seed => done[(backbone, method, seed)])];
                string figures = results.Length == 0 ? "not run | | | | |" :
                    $"{Spread(r => r.Test!.Ndcg)} | {Spread(r => r.Test!.Gauc)} | {Spread(r => r.TestSeenMasked!.Ndcg)} | {Spread(r => r.TestSeenMasked!.Gauc)} | {string.Join(" ", results.Select(r => r.BestEpoch))} | {Number(results.Average(r => r.SecondsPerEpoch), "F1")}";
                Line($"| {RunCommand.Name(backbone)} | {method.Name} | {string.Join(" ", results.Select(r => r.Seed))} | {figures} |");

                string Spread(Func<RunResult, double> figure) =>
                    Number(results.Average(figure), ".0000") + (results.Length > 1 ? " ± " + Number(results.Select(figure).StandardDeviation(), ".0000") : "");
            }
        Line($"");
        Line($"Difference from {plan.Methods[0].Name}, mean over seeds of the per-user difference [95 % bootstrap interval over users]:");
        Line($"");
        Line($"| backbone | method | NDCG@10 | GAUC | NDCG@10 masked | GAUC masked | seeds of one sign |");
        Line($"|---|---|---|---|---|---|---|");
        foreach (var backbone in plan.Backbones)
            foreach (var method in plan.Methods.Skip(1))
            {
                int[] seeds = [.. plan.Seeds.Where(seed => done.ContainsKey((backbone, method, seed)) && done.ContainsKey((backbone, plan.Methods[0], seed)))];
                if (seeds.Length == 0) continue;
                PairedComparison[] all = [Compare(RankingMetric.Ndcg, masked: false), Compare(RankingMetric.GroupedAuc, masked: false), Compare(RankingMetric.Ndcg, masked: true), Compare(RankingMetric.GroupedAuc, masked: true)];
                Line($"| {RunCommand.Name(backbone)} | {method.Name} | {string.Join(" | ", all.Select(Interval))} | {(all.All(c => c.SeedsAgree) ? "yes" : "no")} ({seeds.Length}) |");

                PairedComparison Compare(RankingMetric metric, bool masked) => PairedComparison.Compare(
                    [.. seeds.Select(seed => Values(done[(backbone, plan.Methods[0], seed)], metric, masked))], [.. seeds.Select(seed => Values(done[(backbone, method, seed)], metric, masked))]);
            }
        return text.ToString();

        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>One figure of each test user.</summary>
    private static double[] Values(RunResult result, RankingMetric metric, bool masked) => masked
        ? [.. result.TestSeenMaskedRanks!.Zip(result.TestSeenMaskedCandidates!, (rank, candidates) => RankingMetrics.Of(rank, candidates, 10)[metric])]
        : [.. result.TestRanks!.Zip(result.TestCandidates!, (rank, candidates) => RankingMetrics.Of(rank, candidates, 10)[metric])];

    private static string Interval(PairedComparison c) => $"{Signed(c.Difference)} [{Signed(c.Lower)}, {Signed(c.Upper)}]";

    // rounded first: the format would give a difference that rounds to zero two signs
    private static string Signed(double difference) => Number(Math.Round(difference, 4) + 0.0, "+.0000;-.0000");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
