using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Kernels;

namespace AutoGraph;

/// <summary>The user vectors of enhancements as ONNX: stored ones by the row of the user, those that follow the history from the latest items.</summary>
/// <param name="graph">The graph.</param>
/// <param name="tables">What is stored of users and items.</param>
/// <param name="user">[N] row of the user, the last for nobody known.</param>
/// <param name="window">The histories.</param>
internal sealed class UserVectorGraph(OnnxGraph graph, ExportTables tables, string user, HistoryWindow window)
{
    private int _userColumn, _itemColumn;       // parts stand beside each other in the tables

    /// <summary>Vectors [N, G].</summary>
    /// <param name="shape">The shape that the user vectors are stored with.</param>
    /// <param name="weights">Their weights.</param>
    internal string Vectors(ReadOnlySpan<int> shape, TrainedWeights weights) => shape switch
    {
        [FixedUserVectors.Kind, _, var width] => Users(width),
        [HistoryUserVectors.Kind, _, _, var width, var heads, var choices, var ages, var latest, .. var rounds] =>
            Rounds(new(width, heads) { Choices = choices, AgeCount = ages }, window.Latest(latest), rounds.IsEmpty ? 1 : rounds[0], weights),
        [PooledUserVectors.Kind, _, var width, var latest] => Pooled(window.Latest(latest), width),
        [CombinedUserVectors.Kind, .. var parts] => Combined(parts, weights),
        _ => throw new NotSupportedException($"Expected enhancements whose user vectors are stored, attended, pooled or a combination of these, found kind {(shape.IsEmpty ? "none" : shape[0])}."),
    };

    private string Combined(ReadOnlySpan<int> parts, TrainedWeights weights)
    {
        var vectors = new List<string>();
        for (; !parts.IsEmpty; parts = parts[(1 + parts[0])..]) vectors.Add(Vectors(parts.Slice(1, parts[0]), weights.Of($"parts.{vectors.Count}")));
        return graph.Concat(1, [.. vectors]);
    }

    private string Pooled(HistoryWindow latest, int width) => latest.Mean(Items(latest, width));

    // all rounds of the interaction path to the user, see InteractionRounds
    private string Rounds(InteractionForm form, HistoryWindow latest, int rounds, TrainedWeights weights)
    {
        string state = Users(form.Width), active = Users(form.Width);                                           // [N, D]
        for (int round = 0; round < rounds; round++)
        {
            if (round > 0) active = graph.Node("Elu", [state]);
            state = Attended(form, latest, state, active, weights.Of(round == 0 ? "step" : $"laterSteps.{round - 1}"));
        }
        return state;
    }

    // one GAT step from the latest items to the user, see GraphAttentionStep and InteractionStep
    private string Attended(InteractionForm form, HistoryWindow latest, string fallback, string active, TrainedWeights step)
    {
        string items = Items(latest, form.Width);                                                               // [N, S, D]
        var attend = step.Of("attend");
        int channels = form.Width / form.Heads;
        string projected = graph.Reshape(graph.Linear(items, attend, "source"), 0, 0, form.Heads, channels);    // [N, S, H, C]
        string logits = form.AttentionV2 ? MixedLogits(projected, active, form, attend, channels)
            : graph.Add(PerHead(items, attend, "source", "attendSource", form.Heads), graph.Unsqueeze(PerHead(active, attend, "destination", "attendDestination", form.Heads), 1));
        string ages = form.AgeCount == 0 ? "" : graph.Constant(step["ages"][..(latest.Length * form.Heads)], 1, latest.Length, form.Heads);
        if (!form.AttentionV2) logits = LeakyRelu(ages.Length == 0 ? logits : graph.Add(logits, ages));
        else if (ages.Length > 0) logits = graph.Add(logits, ages);
        string mask = graph.Unsqueeze(latest.Mask, 2);                                                          // [N, S, 1]
        string hidden = graph.Multiply(graph.Subtract(graph.Constant([1f]), mask), BackboneGraph.Never);
        string weights = graph.Multiply(graph.Softmax(graph.Add(logits, hidden), 1), mask);                     // [N, S, H]
        string sums = graph.Sum(graph.Multiply(graph.Unsqueeze(weights, 3), projected), 1, keep: false);        // [N, H, C]
        string messages = graph.Add(graph.Reshape(sums, 0, form.Width), graph.Constant(attend["bias"], form.Width));
        if (form.Gate) messages = graph.Multiply(messages, graph.Constant(step["gate"], 1));
        return form.Literal ? graph.Where(graph.IsPositive(latest.HasItems()), messages, fallback) : graph.Add(graph.Linear(active, step, "self"), messages);
    }

    // aᵀ LeakyReLU(W_dst e_t + W_src e_j), [N, S, H]
    private string MixedLogits(string projected, string active, InteractionForm form, TrainedWeights attend, int channels)
    {
        string targets = graph.Reshape(graph.Linear(active, attend, "destination"), 0, 1, form.Heads, channels);
        return graph.Sum(graph.Multiply(LeakyRelu(graph.Add(projected, targets)), graph.Constant(attend["attend"], form.Heads, channels)), 3, keep: false);
    }

    // aᵀW per head, as GraphAttentionStep has it: logits need no projection of their own
    private string PerHead(string x, TrainedWeights attend, string weight, string attention, int heads)
    {
        var (w, a) = (attend[weight], attend[attention]);
        int width = w.Length / a.Length, channels = a.Length / heads;       // w [H·C, D], a [H, C]
        var product = new float[width * heads];
        for (int head = 0; head < heads; head++)
            for (int d = 0; d < width; d++)
            {
                double sum = 0;
                for (int c = 0; c < channels; c++) sum += (double)a[head * channels + c] * w[(head * channels + c) * width + d];
                product[d * heads + head] = (float)sum;
            }
        return graph.MatMul(x, graph.Constant(product, width, heads));
    }

    private string LeakyRelu(string x) => graph.Node("LeakyRelu", [x], OnnxGraph.Number("alpha", (float)SegmentAttention.NegativeSlope));

    private string Users(int width)
    {
        var columns = Columns(tables.UserStates, tables.UserStateWidth, _userColumn, width);
        _userColumn += width;
        return graph.Gather(graph.Constant(columns, tables.UserCount + 1, width), user);
    }

    private string Items(HistoryWindow latest, int width)
    {
        var columns = Columns(tables.ItemStates, tables.ItemStateWidth, _itemColumn, width);
        _itemColumn += width;
        return latest.Rows(columns, width);
    }

    private static float[] Columns(float[] table, int tableWidth, int from, int width)
    {
        if (tableWidth == width) return table;
        var columns = new float[table.Length / tableWidth * width];
        for (int row = 0; row * tableWidth < table.Length; row++) table.AsSpan(row * tableWidth + from, width).CopyTo(columns.AsSpan(row * width));
        return columns;
    }
}
