using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>Keeps the state of a running fit in a file: weights, optimizer, moving averages and progress. Random draws depend on seed and epoch alone.</summary>
/// <param name="file">The file.</param>
internal sealed class QuantizerCheckpoint(CheckpointFile file)
{
    /// <param name="path">The file.</param>
    /// <param name="vectors">The scaled vectors.</param>
    /// <param name="options">Options of the fit.</param>
    /// <param name="codebookSize">K after shrinking.</param>
    /// <param name="seed">Seed of the fit.</param>
    public static QuantizerCheckpoint Of(string path, Tensor vectors, ResidualQuantizerOptions options, int codebookSize, int seed)
    {
        var o = options;
        string settings = FormattableString.Invariant($"{o.Levels} {codebookSize} {o.Dimension} {string.Join(',', o.HiddenWidths)} {o.Commitment:R} {o.Epochs} {o.WarmUpEpochs} {o.BatchSize} {o.LearningRate:R} ")
            + FormattableString.Invariant($"{o.RestartUntil:R} {o.CodebookUpdate} {o.MovingAverageDecay:R} {o.RotationTrick} {o.Sinkhorn:R} {o.Patience} {o.RowsPerCode} {seed} {vectors.device_type}");
        var content = new TensorDictionary();
        var (rows, width) = ((int)vectors.shape[0], (int)vectors.shape[1]);
        for (int first = 0, block = Math.Max(1, (1 << 28) / width); first < rows; first += block)           // at most a GiB at a time
        {
            using var part = vectors.narrow(0, first, Math.Min(block, rows - first));
            content.Add(first == 0 ? "vectors" : $"vectors.{first}", HostMemory.ToArray<float>(part), (int)part.shape[0], width);
        }
        return new(new(path, CheckpointFile.FingerprintOf(settings, content), nameof(ResidualQuantizerOptions)));
    }

    /// <summary>Writes the state.</summary>
    public void Save(RqVae network, AdamW optimizer, CodebookAverages? averages, TrainingState state)
    {
        var target = new TensorDictionary();
        target.Add("state", [state.Epoch, state.Waited, .. CheckpointFile.Halves(state.Best)], 4);
        ModuleState.Save(network, target, "weights/");
        optimizer.Save(target, "optimizer/");
        averages?.Save(target, "averages/");
        file.Write(target);
    }

    /// <summary>The state in the file, or null where there is no file.</summary>
    /// <exception cref="InvalidOperationException">The file belongs to a fit with other options, seed, vectors or device.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public TrainingState? Load(RqVae network, AdamW optimizer, CodebookAverages? averages)
    {
        if (file.Read() is not { } source) return null;
        ModuleState.Load(network, source, "weights/");
        optimizer.Load(source, "optimizer/");
        averages?.Load(source, "averages/");
        int[] state = source.Ints("state", 4);
        return new(state[0], state[1], CheckpointFile.Double(state[2], state[3]));
    }

    /// <summary>Deletes the file of a fit that has ended.</summary>
    public void Delete() => file.Delete();
}

/// <summary>Where training stands.</summary>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Waited">Epochs since the best reconstruction error.</param>
/// <param name="Best">Best mean reconstruction error of an epoch with codebooks.</param>
internal sealed record TrainingState(int Epoch, int Waited, double Best);
