using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>Keeps a running fit in a file: weights, their averages, the best ones, optimizer and curve. Random draws depend on seed and epoch alone.</summary>
/// <param name="path">The file.</param>
/// <param name="fingerprint">What the fit depends on.</param>
internal sealed class RecommenderCheckpoint(string path, int[] fingerprint)
{
    private const string Weights = "weights/", Optimizer = "optimizer/", Averages = "averages/", Best = "best/", Curve = "curve";
    private const int CurveWidth = 9;

    /// <summary>Writes the state under a temporary name and moves it into place.</summary>
    public void Save(IEnumerable<nn.Module> modules, AdamW optimizer, WeightAverage average, TrainingRun run)
    {
        var target = new TensorDictionary();
        target.Add("fingerprint", fingerprint, fingerprint.Length);
        target.Add("run", [run.BestEpoch, .. Halves(run.BestValue), run.Waited, run.Decays, run.Ended ? 1 : 0], 6);
        target.Add(Curve, [.. run.Curve.SelectMany(Row)], run.Curve.Count, CurveWidth);
        foreach (var (i, module) in modules.Index()) ModuleState.Save(module, target, $"{Weights}{i}/");
        optimizer.Save(target, Optimizer);
        average.Save(target, Averages);
        if (run.Best is not null) target.AddAll(run.Best, Best);
        AtomicFile.Write(path, target.Write);
    }

    /// <summary>The state in the file, or null where there is no file.</summary>
    /// <exception cref="InvalidOperationException">The file belongs to a fit with other options, seed, data or device.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public TrainingRun? Load(IEnumerable<nn.Module> modules, AdamW optimizer, WeightAverage average)
    {
        if (!File.Exists(path)) return null;
        TensorDictionary source;
        using (var stream = File.OpenRead(path)) source = TensorDictionary.Read(stream);
        if (!source.Ints("fingerprint", -1).AsSpan().SequenceEqual(fingerprint))
            throw new InvalidOperationException($"Expected the checkpoint '{path}' of a fit with these options, seed, data and device, found that of another. Delete it or name another {nameof(RecommenderOptions.CheckpointPath)}.");
        foreach (var (i, module) in modules.Index()) ModuleState.Load(module, source, $"{Weights}{i}/");
        optimizer.Load(source, Optimizer);
        average.Load(source, Averages);
        int[] run = source.Ints("run", 6);
        return new TrainingRun
        {
            BestEpoch = run[0], BestValue = Double(run[1], run[2]), Waited = run[3], Decays = run[4], Ended = run[5] != 0,
            Best = run[0] == 0 ? null : source.Part(Best),
            Curve = [.. source.Ints(Curve, -1, CurveWidth).Chunk(CurveWidth).Select((row, i) =>
                new EpochReport(i + 1, Double(row[0], row[1]), row[2] == 0 ? null : Double(row[3], row[4]), Double(row[5], row[6]), Double(row[7], row[8])))],
        };
    }

    /// <summary>Deletes the file of a fit that has ended.</summary>
    public void Delete() => File.Delete(path);

    private static int[] Row(EpochReport epoch) =>
        [.. Halves(epoch.Loss), epoch.ValidationNdcg is null ? 0 : 1, .. Halves(epoch.ValidationNdcg ?? 0), .. Halves(epoch.Seconds), .. Halves(epoch.LearningRate)];

    private static int[] Halves(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        return [(int)bits, (int)(bits >> 32)];
    }

    private static double Double(int low, int high) => BitConverter.Int64BitsToDouble((uint)low | (long)high << 32);
}
