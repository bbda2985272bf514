using System.Globalization;

namespace AutoGraph;

/// <summary>Scores as ONNX: user vectors and items in, the best product of a user's vectors with each item's out.</summary>
internal static class ItemScoresGraph
{
    internal const string Scores = "scores";

    /// <param name="tables">Vectors of items.</param>
    /// <param name="unknown">[D] what an unknown item looks like.</param>
    /// <param name="vectors">Vectors per user K.</param>
    internal static OnnxGraph Build(ExportTables tables, float[] unknown, int vectors)
    {
        var graph = new OnnxGraph("item_scores");
        int count = tables.ItemIds.Length;
        string users = graph.Input<float>(UserTowerGraph.UserVectors, ["N", Size(vectors), Size(unknown.Length)], "what the user tower gives");
        string given = graph.Input<long>(UserTowerGraph.Items, ["B", "M"], "items to score: one list for all users (B = 1) or one for each (B = N); -1 scores as the mean of all items", UserTowerGraph.Items);
        string rows = graph.Where(graph.IsNegative(given), graph.Constant([(long)count]), given);
        string items = graph.Gather(graph.Constant([.. tables.ItemVectors, .. unknown], count + 1, unknown.Length), rows);      // [B, M, D]
        string products = graph.MatMul(users, graph.Transpose(items, 0, 2, 1));                                                  // [N, K, M]
        graph.Output<float>(Scores, graph.Largest(products, 1, keep: false), ["N", "M"], "scores of the items, in their order");
        return graph;
    }

    private static string Size(int size) => size.ToString(CultureInfo.InvariantCulture);
}
