using AutoGraph.Core.Evaluation;
using AutoGraph.Datasets;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

/// <summary>On the simulated world the graph alone, without semantic vectors as fields, must help those of whom little is known: readers with at most ten interactions.</summary>
public sealed class SampleWorldLiftTests(ITestOutputHelper output)
{
    private const int FewInteractions = 10;

    [Fact]
    public void AutoGraph_BeatsPlainForReadersWithFewInteractions_FiveSeeds()
    {
        var context = new MLContext(seed: 1);
        var autoGraph = context.AutoGraph();
        var data = autoGraph.Data.CreateSampleWorld(new() { Readers = 3000 });
        var split = autoGraph.Data.LeaveOneOut(data.Interactions);
        var counts = split.Train.GetColumn<string>("UserId").CountBy(user => user).ToDictionary();
        var few = context.Data.FilterByCustomPredicate<Reader>(split.Test, row => counts.GetValueOrDefault(row.UserId!) > FewInteractions);

        var users = Coded(data.Users, "UserId");
        var items = Coded(data.Items, "ItemId");
        int[] seeds = [1, 2, 3, 4, 5];
        var plain = SeedRuns.Run(seeds, seed => autoGraph.Evaluate(
            autoGraph.Recommender(users, items, Options(seed)).Fit(split.Train), few).SeenMasked);
        var graph = SeedRuns.Run(seeds, seed => autoGraph.Evaluate(
            autoGraph.MetapathGraph(users, items, new() { Training = GraphTraining.Joint, Seed = seed })
                .Append(autoGraph.Recommender(Options(seed) with { Enhancement = Enhancement.AutoGraph })).Fit(split.Train), few).SeenMasked);

        output.WriteLine($"plain {plain}");
        output.WriteLine($"AutoGraph {graph}");
        foreach (var metric in new[] { RankingMetric.Ndcg, RankingMetric.GroupedAuc })
        {
            var compared = graph.ComparedWith(plain, metric);
            output.WriteLine($"{metric} {compared}");
            Assert.True(compared is { IsClear: true, Lower: > 0 }, $"{metric}: {compared}");
        }

        // coded once, so that seeds differ in training alone
        SideTable Coded(IDataView table, string id)
        {
            var codes = autoGraph.SemanticVector("Semantics", "Knowledge").Append(autoGraph.ResidualQuantizer("Codes", "Semantics",
                new() { Quantizer = Quantizer.ResidualKMeans, CodebookSize = 32, Levels = 2, Seed = 1 }));
            return new(table, id, codes);
        }
    }

    private static RecommenderOptions Options(int seed) => new() { Enhancement = Enhancement.None, Seed = seed, BatchSize = 1024, LearningRate = 5e-3, Epochs = 8, EarlyStopping = false };

    private sealed class Reader
    {
        public string? UserId { get; set; }
    }
}
