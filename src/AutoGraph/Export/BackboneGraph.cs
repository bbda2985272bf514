namespace AutoGraph;

/// <summary>The backbones as ONNX: rows of a history to history vectors.</summary>
/// <param name="graph">The graph.</param>
/// <param name="weights">Weights of the backbone.</param>
/// <param name="options">Options of the recommender.</param>
/// <param name="window">The histories.</param>
internal sealed partial class BackboneGraph(OnnxGraph graph, TrainedWeights weights, RecommenderOptions options, HistoryWindow window)
{
    // added to logits that must not count: leaves a weight of exactly 0 beside any other logit, and no NaN where all of them are so
    internal const float Never = -1e30f;

    private int Width => options.Dimension;

    /// <summary>History vectors [N, K, W].</summary>
    /// <param name="items">[N, L, D] what the backbone reads, the latest first.</param>
    internal string Encode(string items) => options.Backbone switch
    {
        Backbone.YouTubeDnn => graph.Unsqueeze(window.Mean(items), 1),
        Backbone.Mind => Capsules(items),
        Backbone.Gru4Rec => Recurrent(items),
        Backbone.SasRec => Attentive(items),
        _ => throw new NotSupportedException($"Expected one of {string.Join(", ", Enum.GetNames<Backbone>())}, found {options.Backbone}."),
    };

    /// <summary>MIND: dynamic routing over the items; those that are not there are zeros, and neither add to a capsule nor change a logit that counts.</summary>
    private string Capsules(string items)
    {
        string projected = graph.Linear(items, weights, "bilinear");                                                       // [N, L, D]
        var (start, length, capsules) = weights.Transposed("routing");                                                     // [L, K] by place, the oldest item's first
        string ages = graph.Constant([.. Enumerable.Range(0, length).Select(age => (float)age)], 1, length);
        string places = graph.ToInt64(graph.AtLeast(graph.Subtract(graph.Subtract(window.Count, graph.Constant([1f])), ages), 0));
        string logits = graph.Gather(graph.Constant(start, length, capsules), places);                                     // [N, L, K]
        for (int iteration = 1; ; iteration++)
        {
            string z = graph.MatMul(graph.Transpose(graph.Softmax(logits, 2), 0, 2, 1), projected);                        // [N, K, D]
            string squashed = Squash(z);
            if (iteration == options.RoutingIterations) return options.ConcatenateCapsules ? graph.Reshape(squashed, 0, 1, (long)capsules * Width) : squashed;
            logits = graph.Add(logits, graph.MatMul(projected, graph.Transpose(squashed, 0, 2, 1)));
        }
    }

    // z · |z|² / (1 + |z|²) / |z|
    private string Squash(string z)
    {
        string square = graph.Sum(graph.Multiply(z, z), 2, keep: true);
        string length = graph.Node("Sqrt", [graph.AtLeast(square, (float)Torch.Kernels.CapsuleRouting.Epsilon)]);
        return graph.Multiply(z, graph.Divide(square, graph.Multiply(graph.Add(square, graph.Constant([1f])), length)));
    }

    /// <summary>GRU4Rec: the latest item comes first, so the recurrence runs backwards and ends there.</summary>
    private string Recurrent(string items)
    {
        string x = graph.Transpose(items, 1, 0, 2), last = "";                                                             // [L, N, D]
        string lengths = graph.ToInt32(graph.Squeeze(graph.AtLeast(window.Count, 1), 1));
        for (int layer = 0; layer < options.HistoryLayers; layer++)
        {
            var own = weights.Of($"layers.{layer}");
            string[] states = graph.Nodes("GRU", 2, [x, Gates(own["input"], 1, 3 * Width, Width), Gates(own["hidden"], 1, 3 * Width, Width),
                graph.Constant([.. InOrder(own["inputBias"]), .. InOrder(own["hiddenBias"])], 1, 6 * Width), lengths],
                OnnxGraph.Int("hidden_size", Width), OnnxGraph.Text("direction", "reverse"), OnnxGraph.Int("linear_before_reset", 1));
            (x, last) = (graph.Squeeze(states[0], 1), graph.Squeeze(states[1], 0));                                        // [L, N, D], [N, D]
        }
        return graph.Unsqueeze(graph.Multiply(last, window.HasItems()), 1);
    }

    private string Gates(float[] values, params int[] sizes) => graph.Constant(InOrder(values), sizes);

    // blocks r, z, n as ONNX orders them: z, r, n
    private static float[] InOrder(float[] gates)
    {
        int block = gates.Length / 3;
        return [.. gates[block..(2 * block)], .. gates[..block], .. gates[(2 * block)..]];
    }
}
