using AutoGraph.Core.Features;
using AutoGraph.Core.Persistence;

namespace AutoGraph;

/// <summary>The user tower as ONNX: user row, history and features in, user vectors out.</summary>
internal static class UserTowerGraph
{
    internal const string History = "history", User = "user", UserVectors = "user_vectors", Items = "items", Users = "users";

    /// <param name="tables">What it holds of users and items.</param>
    /// <param name="trained">The recommender as it is stored.</param>
    /// <param name="options">Its options.</param>
    /// <param name="encoder">What made the features of users.</param>
    /// <returns>The graph, and the categories of its inputs.</returns>
    internal static (OnnxGraph Graph, IReadOnlyDictionary<string, IReadOnlyList<string>> Vocabularies) Build(ExportTables tables, TensorDictionary trained, RecommenderOptions options, FeatureEncoder encoder)
    {
        var (graph, weights) = (new OnnxGraph("user_tower"), new TrainedWeights(trained, "weights/"));
        string history = graph.Input<long>(History, ["N", "T"], "items of the user, oldest first; -1 anywhere for none (padding) and for items that are not in the vocabulary; any length T", Items);
        string given = graph.Input<long>(User, ["N"], "the user; -1 for nobody known", Users);
        string user = graph.Where(graph.IsNegative(given), graph.Constant([(long)tables.UserCount]), given);

        var window = HistoryWindow.Of(graph, history, options.HistoryLength, tables.ItemCount);
        string read = new BackboneGraph(graph, weights.Of("history"), options, window).Encode(window.Rows(tables.HistoryRows, options.Dimension));     // [N, K, W]
        var features = new UserFeatureGraph(graph, tables.UserFeatures, FeatureTensors.Load(trained, "users/"), encoder, weights.Of("userFields"), user, options.Dimension);
        int vectors = options.Backbone == Backbone.Mind && !options.ConcatenateCapsules ? options.Capsules : 1;
        List<string> parts = [Repeated(graph, features.Embed(), vectors), read];
        int[] widths = trained.Ints("enhancement.user_widths", -1);
        if (widths.Length > 0)
        {
            string enhanced = new UserVectorGraph(graph, tables, user, window).Vectors(trained.Ints("enhancement.users/shape", -1), new TrainedWeights(trained, "enhancement.users/"));
            parts.AddRange(Projected(graph, weights, enhanced, widths).Select(field => Repeated(graph, field, vectors)));
        }
        string x = graph.Concat(2, [.. parts]);
        var tower = weights.Of("userTower");
        for (int layer = 0; tower.Has($"weights.{layer}"); layer++) x = graph.Linear(layer == 0 ? x : graph.Relu(x), tower, $"weights.{layer}", $"biases.{layer}");
        graph.Output<float>(UserVectors, x, ["N", Size(vectors), Size(options.Dimension)], vectors == 1 ? "the vector of the user" : "the vectors of the user, one of each interest");
        return (graph, features.Vocabularies);
    }

    // [N, W] → [N, K, W]
    private static string Repeated(OnnxGraph graph, string rows, int vectors)
    {
        string one = graph.Unsqueeze(rows, 1);
        return vectors == 1 ? one : graph.Node("Expand", [one, graph.Constant([1L, vectors, 1], 3)]);
    }

    // ReLU(Linear(v)) of each vector of those beside each other, [N, D]
    private static IEnumerable<string> Projected(OnnxGraph graph, TrainedWeights weights, string enhanced, int[] widths)
    {
        for (int field = 0, column = 0; field < widths.Length; column += widths[field++])
        {
            string own = widths.Length == 1 ? enhanced : graph.Slice(enhanced, 1, column, column + widths[field]);
            yield return graph.Relu(graph.Linear(own, weights.Of($"userEnhancements.{field}"), "weight", "bias"));
        }
    }

    private static string Size(int size) => size.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
