using System.Globalization;
using AutoGraph.Core.Features;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>What the weights of a recommender depend on: options, seed, data and device.</summary>
internal static class RecommenderFingerprint
{
    /// <param name="data">What is learned from.</param>
    /// <param name="options">Options.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="device">Where it is trained.</param>
    /// <param name="modules">What is trained: modules from outside the library count by their types, and all by their buffers, which may hold data.</param>
    /// <returns>Eight parts of 32 bits.</returns>
    public static int[] Of(RecommenderData data, RecommenderOptions options, int seed, DeviceType device, IReadOnlyList<nn.Module> modules) =>
        CheckpointFile.FingerprintOf(string.Create(CultureInfo.InvariantCulture, $"{device} {seed} {CheckpointFile.Text(options)} {string.Join(',', OwnTypes(modules))}"), Content(data, modules));

    private static IEnumerable<string?> OwnTypes(IEnumerable<nn.Module> modules) => modules.SelectMany(module => module.modules()).Select(module => module.GetType())
        .Where(type => type.Assembly != typeof(RecommenderFingerprint).Assembly && type.Assembly != typeof(nn.Module).Assembly).Select(type => type.FullName);

    private static TensorDictionary Content(RecommenderData data, IReadOnlyList<nn.Module> modules)
    {
        var content = new TensorDictionary();
        foreach (var (i, module) in modules.Index()) ModuleState.SaveBuffers(module, content, $"buffers/{i}/");
        Add("train.users", data.Train.UserOf);
        Add("train.items", data.Train.ItemOf);
        content.Add("train.times", [.. data.Train.TimeOf.ToArray().SelectMany(time => (int[])[(int)time, (int)(time >> 32)])], data.Train.Count, 2);
        FeatureTensors.Save(data.UserFeatures, content, "users/");
        FeatureTensors.Save(data.ItemFeatures, content, "items/");
        if (data.Graph is not null) content.AddAll(data.Graph.Save(), "graph/");
        AddGraph("phrases", data.ItemPhrases);
        AddGraph("neighbors", data.ItemNeighbors);
        if (data.LaterItems is { Count: > 0 } later) Add("later.items", [.. later.Order()]);
        if (data.Validation is not { } queries) return content;
        Add("validation.users", queries.Users);
        Add("validation.targets", queries.Targets);
        Add("validation.lengths", [.. Enumerable.Range(0, queries.Count).Select(q => queries.HistoryOf(q).Length)]);
        Add("validation.histories", [.. Enumerable.Range(0, queries.Count).SelectMany(q => queries.HistoryOf(q).ToArray())]);
        return content;

        void AddGraph(string name, Adjacency? graph)
        {
            if (graph is null) return;
            Add(name + ".offsets", graph.Offsets);
            Add(name + ".columns", graph.Columns);
        }

        void Add(string name, ReadOnlySpan<int> values) => content.Add(name, values.ToArray(), values.Length);
    }
}
