using AutoGraph.Core.Evaluation;
using AutoGraph.Experiments;

namespace AutoGraph.Torch.Tests.Experiments;

/// <summary>Plans and results of runs that nobody made.</summary>
internal static class FakeRuns
{
    public const int Candidates = 101;

    /// <summary>A plan over the sample world.</summary>
    public static TablePlan Plan(string folder, string table, string[] methods, int[] seeds, params string[] backbones)
    {
        var definition = TableDefinition.All.Single(one => one.Name == table);
        var input = new PlanInput(new RunOptions { Dataset = "", Display = new LineDisplay(TextWriter.Null) }, [DataSets.Simulated], seeds, new DirectoryInfo(folder), Resume: true, ReportOnly: true);
        return TablePlan.Of(definition, input, backbones.Length == 0 ? ["youtubednn"] : backbones, methods);
    }

    /// <summary>Stores the result that a run of the plan would have if its test users' targets had these ranks.</summary>
    public static void Store(TablePlan plan, int run, params double[] ranks)
    {
        var key = plan.Runs.ElementAt(run);
        Result(plan.OptionsOf(key), ranks).Write(plan.FileOf(key));
    }

    public static RunResult Result(RunOptions options, params double[] ranks)
    {
        var metrics = ranks.Select(rank => RankingMetrics.Of(rank, Candidates, 10)).ToArray();
        var figures = new Figures(metrics.Average(m => m.Ndcg), metrics.Average(m => m.HitRate), metrics.Average(m => m.ReciprocalRank), metrics.Average(m => m.GroupedAuc));
        int[] candidates = [.. ranks.Select(_ => Candidates)];
        return new RunResult
        {
            Dataset = "sample-world (simulated)", Users = ranks.Length, Items = Candidates, Interactions = 1000, TrainSamples = 900, TestUsers = ranks.Length,
            Backbone = RunCommand.Name(options.Backbone), Enhance = AutoGraph.Experiments.Enhancements.Name(options.Enhance), Seed = options.Seed, Threads = 1, Protocol = "test split, all 101 items ranked, seen items kept", Semantics = "none",
            Codes = RunCommand.Name(options.Codes), Vectors = RunCommand.Name(options.Vectors), Quantizer = FactorCodes.NameOf(options.Quantizer), Without = [], Levels = options.Levels,
            UserNeighbors = RunCommand.Name(options.UserNeighbors), Neighbors = options.Neighbors, GraphLayers = options.GraphLayers, GraphDropout = options.GraphDropout, SemanticPaths = RunArguments.TwoHop,
            AttentionV2 = false, ContentNodes = false, Gates = null, EnhancedHistory = true, UserContent = options.UserContentOrDefault, WeightDecay = options.WeightDecay, EmbeddingDecay = options.TableDecay(900),
            HiddenWidths = [.. options.HiddenWidths], HistoryLayers = options.HistoryLayers, HistoryHeads = options.HistoryHeads, PropagationLayers = options.PropagationLayers, GraphHeads = options.GraphHeads,
            TrainUsers = 1, MinHistory = 5, Batch = options.Batch, Patience = options.Patience, LearningRate = options.LearningRate, Loss = RunCommand.Name(options.Loss), Negatives = RunCommand.Name(options.Negatives),
            NegativeCount = options.NegativeCount, Schedule = RunCommand.Name(options.Schedule), WarmUp = 0, DecayFactor = .3, Decays = 2, NewItemRate = 0, AlignmentWeight = options.AlignmentWeight, AlignmentTemperature = options.AlignmentTemperature, Clip = null, Resume = null,
            EpochsAtMost = options.Epochs, Epochs = 3, BestEpoch = 2, SecondsPerEpoch = 10, SemanticSeconds = 1, QuantizeSeconds = 2, TestSeconds = 3, PeakMemoryMiB = 100,
            Curve = [new(1, 3.5, .02, .003, 10), new(2, 3.2, .04, .003, 10), new(3, 3.1, .03, .003, 10)], Validation = figures, Test = figures, TestSeenMasked = figures, TestSlices = null, Lists = null, ListsSeenMasked = null, ColdTest = null,
            Codebooks = options.Enhance.HasFlag(Enhancement.AutoGraph) ? new(Health(), Health()) : null, TestRanks = ranks, TestSeenMaskedRanks = ranks, TestCandidates = candidates, TestSeenMaskedCandidates = candidates,
        };
    }

    private static SideHealth Health() => new([1, .9, .8], [200, 150, 120], .1, [.5, .4, .3], [1.5, 1.6, 1.7], [256, 256, 256]);
}
