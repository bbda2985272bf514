using AutoGraph.Torch.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Attention;

/// <summary>Eq. 6 to 8 as they read, in as many rounds as there are weights, in double and plain loops over rows and codes; takes its weights by name from a module.</summary>
internal sealed class DenseMetapath(nn.Module module)
{
    private readonly Dictionary<string, double[,]> _weights = module.named_parameters().ToDictionary(p => p.name, p => Tests.Kernels.Numbers.Matrix(p.parameter.dim() == 1 ? p.parameter.unsqueeze(0) : p.parameter));

    private readonly Dictionary<string, double[,]> _buffers = module.named_buffers().ToDictionary(p => p.name, p => Tests.Kernels.Numbers.Matrix(p.buffer));

    /// <summary>
    /// Eq. 6 per head with concatenation: α = softmax_j LeakyReLU(aᵀ[W_dst e_t ‖ W_src e_j]), h_t = Σ α W_src e_j + b; where the step has one
    /// vector a, logits aᵀ LeakyReLU(W_dst e_t + W_src e_j).
    /// </summary>
    public double[,] Gat(string prefix, double[,] sources, double[,] targets, Func<int, IEnumerable<int>> neighborsOf, double[,]? ages = null, EdgeDropout dropout = default)
    {
        var (source, destination, bias) = (Weight("source"), Weight("destination"), Weight("bias"));
        _weights.TryGetValue(prefix + "attend", out var second);
        var (attendSource, attendDestination) = second is null ? (Weight("attendSource"), Weight("attendDestination")) : (second, second);
        var (s, d) = (Linear(source, sources), Linear(destination, targets));
        int heads = attendSource.GetLength(0), channels = attendSource.GetLength(1);
        var output = new double[targets.GetLength(0), heads * channels];
        for (int t = 0; t < targets.GetLength(0); t++)
            for (int h = 0; h < heads; h++)
            {
                int[] neighbors = [.. neighborsOf(t)];
                double[] weights = [.. neighbors.Select((j, place) =>
                {
                    double age = ages is null ? 0 : ages[neighbors.Length - 1 - place, h], x = 0;
                    if (second is not null)
                    {
                        for (int c = 0; c < channels; c++) x += second[h, c] * Leaky(d[t, h * channels + c] + s[j, h * channels + c]);
                        return Math.Exp(x + age);
                    }
                    for (int c = 0; c < channels; c++) x += attendDestination[h, c] * d[t, h * channels + c] + attendSource[h, c] * s[j, h * channels + c];
                    return Math.Exp(Leaky(x + age));
                })];
                for (int c = 0; c < channels; c++)
                {
                    int column = h * channels + c;
                    output[t, column] = bias[0, column] + neighbors.Zip(weights, (j, w) => w / weights.Sum() * (dropout.IsOn ? dropout.Drops(t, j, h) ? 0 : dropout.Scale : 1) * s[j, column]).Sum();
                }
            }
        return output;

        double[,] Weight(string name) => _weights[prefix + name];

        static double Leaky(double x) => x > 0 ? x : 0.2 * x;
    }

    /// <summary>Nodes to factors and back, then rounds of interactions.</summary>
    public (double[,] Users, double[,] Items) Propagate((int User, int Item)[] rows, int[][] userCodes, int[][] itemCodes, int codebookSize, bool literal)
    {
        var (u, i) = (Nodes("user", n => rows.Any(r => r.User == n)), Nodes("item", n => rows.Any(r => r.Item == n)));
        var (hu, hi) = (Semantic("userPath.", u, userCodes, codebookSize), Semantic("itemPath.", i, itemCodes, codebookSize));
        var (su, si) = (HasPath("userPath.") ? Elu(hu) : hu, HasPath("itemPath.") ? Elu(hi) : hi);
        _semanticUsers = (hu, su);
        _activeItems.Clear();
        foreach (var (toUsers, toItems) in Rounds)
        {
            _activeItems.Add(si);
            (hu, hi) = (Interact(toUsers, si, su, hu, t => rows.Where(r => r.User == t).Select(r => r.Item), literal), Interact(toItems, su, si, hi, t => rows.Where(r => r.Item == t).Select(r => r.User), literal));
            (su, si) = (Elu(hu), Elu(hi));
        }
        return (hu, hi);
    }

    /// <summary>After <see cref="Propagate"/>: vectors of users who in each row read other items, oldest first.</summary>
    public double[,] Rows(int[] users, int[][] histories, bool literal)
    {
        double[,] state = Take(_semanticUsers.State), active = Take(_semanticUsers.Active);
        foreach (var ((toUsers, _), items) in Rounds.Zip(_activeItems))
        {
            state = Interact(toUsers, items, active, state, row => histories[row], literal);
            active = Elu(state);
        }
        return state;

        double[,] Take(double[,] rows)
        {
            var taken = new double[users.Length, rows.GetLength(1)];
            for (int n = 0; n < users.Length; n++)
                for (int c = 0; c < rows.GetLength(1); c++) taken[n, c] = rows[users[n], c];
            return taken;
        }
    }

    private readonly List<double[,]> _activeItems = [];

    private (double[,] State, double[,] Active) _semanticUsers;

    private (string, string)[] Rounds => !_weights.ContainsKey("itemsToUsers.attend.source") ? [] :
    [
        ("itemsToUsers.", "usersToItems."),
        .. Enumerable.Range(0, 9).Where(round => _weights.ContainsKey($"laterItemsToUsers.{round}.attend.source")).Select(round => ($"laterItemsToUsers.{round}.", $"laterUsersToItems.{round}.")),
    ];

    private double[,] Interact(string prefix, double[,] sources, double[,] targets, double[,] before, Func<int, IEnumerable<int>> neighborsOf, bool literal)
    {
        var messages = Gated(prefix, Gat(prefix + "attend.", sources, targets, neighborsOf, _weights.GetValueOrDefault(prefix + "ages")));
        return literal ? Where(t => neighborsOf(t).Any(), messages, before) : Add(messages, Linear(_weights[prefix + "self"], targets));
    }

    private double[,] Nodes(string side, Func<int, bool> known)
    {
        var embeddings = Where(known, _weights[side + "s.nodes"], Map(_weights[side + "s.nodes"], (_, column) => _weights[side + "s.unknown"][0, column]));
        return _buffers.TryGetValue(side + "Content.vectors", out var vectors) ? Add(embeddings, Linear(_weights[side + "Content.projection"], vectors)) : embeddings;
    }

    private bool HasPath(string prefix) => _weights.ContainsKey(prefix + "factors") || _weights.ContainsKey(prefix + "pairs.source");

    private double[,] Gated(string prefix, double[,] messages) => _weights.TryGetValue(prefix + "gate", out var gate) ? Map(messages, (n, c) => gate[0, 0] * messages[n, c]) : messages;

    private double[,] Semantic(string prefix, double[,] members, int[][] codes, int codebookSize)
    {
        if (!HasPath(prefix)) return members;
        var messages = Gated(prefix, _weights.TryGetValue(prefix + "factors", out var factors) ? TwoHop(prefix, members, factors, codes, codebookSize) : Pairwise(prefix, members, codes));
        return _weights.TryGetValue(prefix + "self", out var self) ? Add(messages, Linear(self, members)) : messages;
    }

    private double[,] Pairwise(string prefix, double[,] members, int[][] codes) =>
        Gat(prefix + "pairs.", members, members, t => Enumerable.Range(0, codes.Length).Where(j => codes[t].Zip(codes[j]).Any(pair => pair.First == pair.Second)));

    private double[,] TwoHop(string prefix, double[,] members, double[,] factors, int[][] codes, int codebookSize)
    {
        int[][] factorsOf = [.. codes.Select(row => row.Select((code, level) => level * codebookSize + code).ToArray())];
        var aggregate = Elu(Gat(prefix + "toFactor.", members, factors, q => Enumerable.Range(0, factorsOf.Length).Where(n => factorsOf[n].Contains(q))));
        int width = factors.GetLength(1);
        var both = new double[factors.GetLength(0), 2 * width];
        for (int q = 0; q < factors.GetLength(0); q++)
            for (int c = 0; c < width; c++) (both[q, c], both[q, width + c]) = (aggregate[q, c], factors[q, c]);
        return Gat(prefix + "toMember.", both, members, n => factorsOf[n]);
    }

    private static double[,] Linear(double[,] weight, double[,] x)
    {
        var y = new double[x.GetLength(0), weight.GetLength(0)];
        for (int n = 0; n < y.GetLength(0); n++)
            for (int o = 0; o < y.GetLength(1); o++)
                for (int c = 0; c < x.GetLength(1); c++) y[n, o] += weight[o, c] * x[n, c];
        return y;
    }

    private static double[,] Elu(double[,] x) => Map(x, (n, c) => x[n, c] > 0 ? x[n, c] : Math.Exp(x[n, c]) - 1);

    private static double[,] Add(double[,] a, double[,] b) => Map(a, (n, c) => a[n, c] + b[n, c]);

    private static double[,] Where(Func<int, bool> condition, double[,] a, double[,] b) => Map(a, (n, c) => condition(n) ? a[n, c] : b[n, c]);

    private static double[,] Map(double[,] like, Func<int, int, double> value)
    {
        var output = new double[like.GetLength(0), like.GetLength(1)];
        for (int n = 0; n < output.GetLength(0); n++)
            for (int c = 0; c < output.GetLength(1); c++) output[n, c] = value(n, c);
        return output;
    }
}
