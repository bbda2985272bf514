using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>Keeps a running fit in a file: weights, their averages, the best ones, optimizer and curve. Random draws depend on seed and epoch alone.</summary>
/// <param name="file">The file.</param>
internal sealed class RecommenderCheckpoint(CheckpointFile file)
{
    private const string Weights = "weights/", Optimizer = "optimizer/", Averages = "averages/", Best = "best/", Curve = "curve";
    private const int CurveWidth = 8;

    /// <summary>Writes the state.</summary>
    public void Save(IEnumerable<nn.Module> modules, AdamW optimizer, WeightAverage average, TrainingRun run)
    {
        var target = new TensorDictionary();
        target.Add("run", [run.BestEpoch, .. CheckpointFile.Halves(run.BestValue), run.Waited, run.Decays, run.Ended ? 1 : 0], 6);
        target.Add(Curve, [.. run.Curve.SelectMany(Row)], run.Curve.Count, CurveWidth);
        foreach (var (i, module) in modules.Index()) ModuleState.Save(module, target, $"{Weights}{i}/");
        optimizer.Save(target, Optimizer);
        average.Save(target, Averages);
        if (run.Best is not null) target.AddAll(run.Best, Best);
        file.Write(target);
    }

    /// <summary>The state in the file, or null where there is no file.</summary>
    /// <exception cref="InvalidOperationException">The file belongs to a fit with other options, seed, data or device.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public TrainingRun? Load(IEnumerable<nn.Module> modules, AdamW optimizer, WeightAverage average)
    {
        if (file.Read() is not { } source) return null;
        foreach (var (i, module) in modules.Index()) ModuleState.Load(module, source, $"{Weights}{i}/");
        optimizer.Load(source, Optimizer);
        average.Load(source, Averages);
        int[] run = source.Ints("run", 6);
        return new TrainingRun
        {
            BestEpoch = run[0], BestValue = CheckpointFile.Double(run[1], run[2]), Waited = run[3], Decays = run[4], Ended = run[5] != 0,
            Best = run[0] == 0 ? null : source.Part(Best),
            Curve = [.. source.Ints(Curve, -1, CurveWidth).Chunk(CurveWidth).Select((row, i) =>
                Epoch(i + 1, [.. row.Chunk(2).Select(halves => CheckpointFile.Double(halves[0], halves[1]))]))],
        };
    }

    private static EpochReport Epoch(int epoch, double[] row) => new(epoch, row[0], double.IsNaN(row[1]) ? null : row[1], row[2], row[3]);

    /// <summary>Deletes the file of a fit that has ended.</summary>
    public void Delete() => file.Delete();

    private static int[] Row(EpochReport epoch) =>
        [.. ((double[])[epoch.Loss, epoch.ValidationNdcg ?? double.NaN, epoch.Seconds, epoch.LearningRate]).SelectMany(CheckpointFile.Halves)];
}
