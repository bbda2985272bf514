using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AutoGraph.Core.Features;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Persistence;
using TorchSharp;

namespace AutoGraph.Torch.Recommendation;

/// <summary>A number of 256 bits for all that the weights of a fit depend on: options, seed, data and device. Of two fits with one number each can go on from the other's checkpoint.</summary>
internal static class RecommenderFingerprint
{
    /// <summary>Options that change no weight.</summary>
    private static readonly string[] Idle =
    [
        nameof(RecommenderOptions.Seed), nameof(RecommenderOptions.Progress), nameof(RecommenderOptions.CancellationToken),
        nameof(RecommenderOptions.CheckpointPath), nameof(RecommenderOptions.CheckpointEvery),
    ];

    /// <returns>Eight parts of 32 bits.</returns>
    public static int[] Of(RecommenderData data, RecommenderOptions options, int seed, DeviceType device)
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
        {
            stream.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{device} {seed} {Text(options)}")));
            Content(data).Write(stream);
        }
        return [.. hash.Hash!.Chunk(4).Select(part => BitConverter.ToInt32(part))];
    }

    private static string Text(RecommenderOptions options) => string.Join(' ', typeof(RecommenderOptions).GetProperties()
        .Where(property => !Idle.Contains(property.Name))
        .Select(property => property.GetValue(options) is var value && value is IEnumerable list and not string
            ? $"{property.Name}={string.Join(',', list.Cast<object>().Select(one => Convert.ToString(one, CultureInfo.InvariantCulture)))}"
            : $"{property.Name}={Convert.ToString(value, CultureInfo.InvariantCulture)}")
        .Order(StringComparer.Ordinal));

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
