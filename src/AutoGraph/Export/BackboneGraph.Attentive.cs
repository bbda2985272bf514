namespace AutoGraph;

internal sealed partial class BackboneGraph
{
    /// <summary>SASRec: of the last layer only the state of the latest item, which comes first.</summary>
    private string Attentive(string items)
    {
        string x = graph.Add(graph.Multiply(items, Math.Sqrt(Width)), graph.Constant(weights["positions"], 1, window.Length, Width));      // [N, L, D]
        string hidden = graph.Multiply(graph.Subtract(graph.Constant([1f]), window.Mask), Never);                                          // [N, L]
        string seen = graph.Unsqueeze(graph.Unsqueeze(hidden, 1), 1);                                                                      // [N, 1, 1, L]
        for (int layer = 0; layer < options.HistoryLayers; layer++)
        {
            bool isLast = layer == options.HistoryLayers - 1;
            x = Layer(x, isLast ? seen : graph.Add(seen, Earlier()), isLast, weights.Of($"layers.{layer}"));
        }
        return graph.Multiply(Normalized(x, weights.Of("normalization")), graph.Unsqueeze(window.HasItems(), 2));                          // [N, 1, D]
    }

    // [L, L] an item sees itself and earlier ones, which come behind it
    private string Earlier()
    {
        string ages = graph.Constant([.. Enumerable.Range(0, window.Length).Select(age => (long)age)], window.Length);
        return graph.Multiply(graph.ToFloat(graph.Node("Less", [ages, graph.Unsqueeze(ages, 1)])), Never);
    }

    private string Layer(string x, string hidden, bool latestOnly, TrainedWeights own)
    {
        string normed = Normalized(x, own.Of("beforeAttention"));
        var (states, queried) = latestOnly ? (graph.Slice(x, 1, 0, 1), graph.Slice(normed, 1, 0, 1)) : (x, normed);
        string keyValue = graph.Linear(normed, own, "keyValue", "keyValueBias");                                                           // [N, L, 2D]
        string q = Heads(graph.Linear(queried, own, "query", "queryBias"));                                                                // [N, H, Q, C]
        string k = Heads(graph.Slice(keyValue, 2, 0, Width)), v = Heads(graph.Slice(keyValue, 2, Width, 2 * Width));                       // [N, H, L, C]
        string logits = graph.Multiply(graph.MatMul(q, graph.Transpose(k, 0, 1, 3, 2)), 1 / Math.Sqrt(Width / options.HistoryHeads));
        string read = graph.MatMul(graph.Softmax(graph.Add(logits, hidden), 3), v);                                                        // [N, H, Q, C]
        string y = graph.Add(states, graph.Reshape(graph.Transpose(read, 0, 2, 1, 3), 0, 0, Width));
        string inner = graph.Relu(graph.Linear(Normalized(y, own.Of("beforeForward")), own, "inner", "innerBias"));
        return graph.Add(y, graph.Linear(inner, own, "outer", "outerBias"));
    }

    private string Heads(string x) => graph.Transpose(graph.Reshape(x, 0, 0, options.HistoryHeads, Width / options.HistoryHeads), 0, 2, 1, 3);

    private string Normalized(string x, TrainedWeights own) =>
        graph.Node("LayerNormalization", [x, graph.Constant(own["weight"], Width), graph.Constant(own["bias"], Width)], OnnxGraph.Int("axis", -1), OnnxGraph.Number("epsilon", 1e-5f));
}
