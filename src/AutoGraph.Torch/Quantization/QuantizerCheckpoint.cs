using System.Security.Cryptography;
using System.Text;
using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>Keeps the state of a running fit in a file: weights, optimizer, moving averages and progress. Random draws depend on seed and epoch alone.</summary>
internal sealed class QuantizerCheckpoint
{
    private readonly string _path;
    private readonly int[] _fingerprint;

    /// <param name="path">The file.</param>
    /// <param name="vectors">The scaled vectors.</param>
    /// <param name="options">Options of the fit.</param>
    /// <param name="codebookSize">K after shrinking.</param>
    /// <param name="seed">Seed of the fit.</param>
    public QuantizerCheckpoint(string path, Tensor vectors, ResidualQuantizerOptions options, int codebookSize, int seed)
    {
        _path = path;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var o = options;
        string settings = FormattableString.Invariant($"{o.Levels} {codebookSize} {o.Dimension} {string.Join(',', o.HiddenWidths)} {o.Commitment:R} {o.Epochs} {o.WarmUpEpochs} {o.BatchSize} {o.LearningRate:R} ")
            + FormattableString.Invariant($"{o.RestartUntil:R} {o.CodebookUpdate} {o.MovingAverageDecay:R} {o.RotationTrick} {o.Sinkhorn:R} {o.Patience} {o.RowsPerCode} {seed}");
        hash.AppendData(Encoding.UTF8.GetBytes(settings));
        using var local = vectors.cpu().contiguous();
        hash.AppendData(local.bytes);
        _fingerprint = [.. hash.GetHashAndReset().Chunk(4).Select(part => BitConverter.ToInt32(part))];
    }

    /// <summary>Writes the state under a temporary name and moves it into place.</summary>
    public void Save(RqVae network, AdamW optimizer, CodebookAverages? averages, TrainingState state)
    {
        var target = new TensorDictionary();
        target.Add("fingerprint", _fingerprint, _fingerprint.Length);
        target.Add("state", [state.Epoch, state.Waited, .. Halves(state.Best)], 4);
        ModuleState.Save(network, target, "weights/");
        optimizer.Save(target, "optimizer/");
        averages?.Save(target, "averages/");
        AtomicFile.Write(_path, target.Write);
    }

    /// <summary>The state in the file, or null where there is no file.</summary>
    /// <exception cref="InvalidOperationException">The file belongs to a fit with other options, seed or vectors.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public TrainingState? Load(RqVae network, AdamW optimizer, CodebookAverages? averages)
    {
        if (!File.Exists(_path)) return null;
        TensorDictionary source;
        using (var stream = File.OpenRead(_path)) source = TensorDictionary.Read(stream);
        if (!source.Ints("fingerprint", -1).AsSpan().SequenceEqual(_fingerprint))
            throw new InvalidOperationException($"Expected the checkpoint '{_path}' of a fit with these options, seed and vectors, found that of another. Delete it or name another {nameof(ResidualQuantizerOptions.CheckpointPath)}.");
        ModuleState.Load(network, source, "weights/");
        optimizer.Load(source, "optimizer/");
        averages?.Load(source, "averages/");
        int[] state = source.Ints("state", 4);
        return new(state[0], state[1], BitConverter.Int64BitsToDouble((uint)state[2] | (long)state[3] << 32));
    }

    /// <summary>Deletes the file of a fit that has ended.</summary>
    public void Delete() => File.Delete(_path);

    private static int[] Halves(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        return [(int)bits, (int)(bits >> 32)];
    }
}

/// <summary>Where training stands.</summary>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Waited">Epochs since the best reconstruction error.</param>
/// <param name="Best">Best mean reconstruction error of an epoch with codebooks.</param>
internal sealed record TrainingState(int Epoch, int Waited, double Best);
