using System.Diagnostics;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Training;

namespace AutoGraph.Experiments;

/// <summary>Makes the result of a run: its settings, its figures and where they were made.</summary>
internal static class RunResults
{
    /// <param name="options">Options of the run.</param>
    /// <param name="run">What was trained.</param>
    /// <param name="tested">How it ranks.</param>
    /// <param name="seconds">Seconds of the whole run.</param>
    public static RunResult Of(RunOptions options, TrainedRun run, TestedRun tested, double seconds)
    {
        var (data, report, test) = (run.Data, run.Model.Report, tested.Test);
        return new()
        {
            Dataset = data.Name,
            Users = data.All.Users.Count,
            Items = data.All.Items.Count,
            Interactions = data.All.Count,
            TrainSamples = report.Samples,
            TestUsers = data.Split.Test.Count,

            Backbone = RunCommand.Name(options.Backbone),
            Enhance = Enhancements.Name(options.Enhance),
            Seed = options.Seed,
            Threads = ComputeThreads.Count,
            Protocol = (test ?? tested.Validation).SeenKept.Protocol.ToString(),
            Semantics = (run.Vectors?.Source ?? "none") + (options.Enhance.HasFlag(Enhancement.TopoI2I) ? "; similar items by the encoder, no language model" : ""),
            Codes = RunCommand.Name(options.Codes),
            Vectors = RunCommand.Name(options.Vectors),
            Quantizer = FactorCodes.NameOf(options.Quantizer),

            Without = [.. Enum.GetValues<Metapaths>().Where(path => path is Metapaths.UserSemantic or Metapaths.ItemSemantic or Metapaths.Interaction && options.Without.HasFlag(path)).Select(RunCommand.Name)],
            Levels = options.Levels,
            UserNeighbors = RunCommand.Name(options.UserNeighbors),
            Neighbors = options.Neighbors,
            GraphLayers = options.GraphLayers,
            GraphDropout = options.GraphDropout,
            SemanticPaths = options.Pairwise ? RunArguments.Pairwise : RunArguments.TwoHop,
            AttentionV2 = options.AttentionV2,
            ContentNodes = options.ContentNodes,
            Gates = run.Model.Graph?.Gates,

            Dropout = options.Dropout,
            HiddenWidths = [.. options.HiddenWidths],
            HistoryLayers = options.HistoryLayers,
            HistoryHeads = options.HistoryHeads,
            HistoryDropout = options.HistoryDropout,
            EnhancedHistory = options.EnhancedHistory,
            UserContent = options.Enhance.HasFlag(Enhancement.Kar) && options.UserContentOrDefault,
            PropagationLayers = options.PropagationLayers,
            GraphHeads = options.GraphHeads,

            TrainUsers = options.TrainUsers,
            MinHistory = data.MinHistory,
            Batch = options.Batch,
            LearningRate = options.LearningRate,
            EpochsAtMost = options.Epochs,
            Patience = options.Patience,
            WeightDecay = options.WeightDecay,
            EmbeddingDecay = options.TableDecay(report.Samples),
            SparseUpdates = options.SparseUpdates,
            Loss = RunCommand.Name(options.Loss),
            Negatives = RunCommand.Name(options.Negatives),
            NegativeCount = options.NegativeCount,
            Schedule = RunCommand.Name(options.Schedule),
            WarmUp = options.WarmUp,
            DecayFactor = options.DecayFactor,
            Decays = options.Decays,
            NewItemRate = options.NewItemRate,
            AlignmentWeight = options.AlignmentWeight,
            AlignmentTemperature = options.AlignmentTemperature,
            Clip = options.Clip,
            Resume = options.Resume?.Name,

            Curve = [.. report.Epochs.Select(epoch => new CurvePoint(epoch.Epoch, epoch.Loss, epoch.ValidationNdcg, epoch.LearningRate, epoch.Seconds))],
            Epochs = report.Epochs.Count,
            BestEpoch = report.BestEpoch,
            Codebooks = run.Codebooks,

            SecondsPerEpoch = report.Epochs.Average(epoch => epoch.Seconds),
            SemanticSeconds = run.SemanticSeconds,
            QuantizeSeconds = run.QuantizeSeconds,
            ValidationSeconds = tested.ValidationSeconds,
            TestSeconds = tested.TestSeconds,
            TotalSeconds = seconds,
            PeakMemoryMiB = Process.GetCurrentProcess().PeakWorkingSet64 >> 20,
            Commit = Provenance.Commit,
            Machine = Provenance.Machine,
            Load = Provenance.Load(),
            Ended = DateTimeOffset.UtcNow,

            Validation = Figures.Of(tested.Validation.SeenKept),
            Test = test is null ? null : Figures.Of(test.SeenKept),
            TestSeenMasked = test is null ? null : Figures.Of(test.SeenMasked),
            TestSlices = test is null ? null : new(Slice.Each(test.SeenKept.ByUserActivity, TestedRun.Split), Slice.Each(test.SeenKept.ByItemPopularity, TestedRun.Split)),
            Lists = test is null ? null : Lists.Of(test.SeenKept),
            ListsSeenMasked = test is null ? null : Lists.Of(test.SeenMasked),
            ColdTest = tested.Cold is { } cold ? new(data.Cold!.Items.Length, cold.SeenKept.Evaluated, Figures.Of(cold.SeenKept), Figures.Of(cold.SeenMasked)) : null,
            TestRanks = test?.SeenKept.Ranks.ToArray(),
            TestSeenMaskedRanks = test?.SeenMasked.Ranks.ToArray(),
            TestCandidates = test?.SeenKept.Candidates.ToArray(),
            TestSeenMaskedCandidates = test?.SeenMasked.Candidates.ToArray(),
        };
    }
}
