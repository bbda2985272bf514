using System.Globalization;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>Keeps a graph that is trained by itself in a file: weights, optimizer and progress. Random draws depend on seed and epoch alone.</summary>
/// <param name="file">The file.</param>
internal sealed class GraphCheckpoint(CheckpointFile file)
{
    private const string Weights = "weights/", Optimizer = "optimizer/";

    /// <summary>The one that the options name, or null.</summary>
    /// <param name="options">Options of the fit.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="attention">Weights to begin with, which depend on seed and content too.</param>
    /// <param name="seed">Seed of the fit.</param>
    public static GraphCheckpoint? Of(MetapathGraphOptions options, FactorGraph graph, MetapathAttention attention, int seed)
    {
        if (options.CheckpointPath is not { } path) return null;
        var content = new TensorDictionary();
        GraphTensors.Save(graph, content);
        ModuleState.Save(attention, content, Weights);
        string settings = string.Create(CultureInfo.InvariantCulture, $"{attention.parameters().First().device_type} {seed} {CheckpointFile.Text(options)}");
        return new(new(path, CheckpointFile.FingerprintOf(settings, content), nameof(MetapathGraphOptions)));
    }

    /// <summary>Writes the state after an epoch.</summary>
    public void Save(nn.Module vectors, AdamW optimizer, int epoch, double loss)
    {
        var target = new TensorDictionary();
        target.Add("state", [epoch, .. CheckpointFile.Halves(loss)], 3);
        ModuleState.Save(vectors, target, Weights);
        optimizer.Save(target, Optimizer);
        file.Write(target);
    }

    /// <summary>Epochs done and the loss of the last one, or null where there is no file.</summary>
    /// <exception cref="InvalidOperationException">The file belongs to a fit with other options, seed, data or device.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public (int Epoch, double Loss)? Load(nn.Module vectors, AdamW optimizer)
    {
        if (file.Read() is not { } source) return null;
        ModuleState.Load(vectors, source, Weights);
        optimizer.Load(source, Optimizer);
        int[] state = source.Ints("state", 3);
        return (state[0], CheckpointFile.Double(state[1], state[2]));
    }

    /// <summary>Deletes the file of a fit that has ended.</summary>
    public void Delete() => file.Delete();
}
