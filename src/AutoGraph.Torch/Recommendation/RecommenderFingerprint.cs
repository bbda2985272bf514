using System.Globalization;
using AutoGraph.Core.Features;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Training;
using TorchSharp;

namespace AutoGraph.Torch.Recommendation;

/// <summary>What the weights of a recommender depend on: options, seed, data and device.</summary>
internal static class RecommenderFingerprint
{
    /// <returns>Eight parts of 32 bits.</returns>
    public static int[] Of(RecommenderData data, RecommenderOptions options, int seed, DeviceType device) =>
        CheckpointFile.FingerprintOf(string.Create(CultureInfo.InvariantCulture, $"{device} {seed} {CheckpointFile.Text(options)}"), Content(data));

    private static TensorDictionary Content(RecommenderData data)
    {
        var content = new TensorDictionary();
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
