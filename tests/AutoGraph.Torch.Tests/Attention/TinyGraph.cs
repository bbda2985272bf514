using AutoGraph.Core.Codes;
using AutoGraph.Core.Graphs;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Tests.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Attention;

/// <summary>Four users, five items; the last of each without interactions; two levels of three codes, one of which nobody has.</summary>
internal static class TinyGraph
{
    public const int CodebookSize = 3;

    public static (int User, int Item)[] Rows { get; } = [(0, 0), (0, 1), (0, 3), (1, 1), (1, 2), (2, 3)];

    public static int[][] UserCodes { get; } = [[0, 1], [0, 0], [2, 1], [2, 1]];

    public static int[][] ItemCodes { get; } = [[1, 0], [1, 1], [0, 1], [0, 0], [1, 0]];

    public static MetapathGraphOptions Options { get; } = new() { Dimension = 4, Heads = 2, UserNeighbors = UserNeighbors.Sampled };

    public static FactorGraph Graph { get; } = new(4, 5, [.. Rows.Select(r => r.User)], [.. Rows.Select(r => r.Item)],
        new CodeTable([.. UserCodes.SelectMany(c => c)], 2, CodebookSize), new CodeTable([.. ItemCodes.SelectMany(c => c)], 2, CodebookSize), 2);

    /// <summary>An attention with every parameter, biases too, set to random values of ±1, in double.</summary>
    public static MetapathAttention Attention(Metapaths paths = Metapaths.All, bool literal = false) => Attention(Options with { Metapaths = paths, Literal = literal });

    /// <summary>The same with any options.</summary>
    public static MetapathAttention Attention(MetapathGraphOptions options)
    {
        using var generator = new Generator(1, CPU);
        return Randomize(new MetapathAttention(Graph, options, generator, options.ContentNodes ? Content : null));
    }

    /// <summary>Vectors of users (3 wide) and items (5 wide).</summary>
    public static GraphContent Content { get; } = new()
    {
        Users = new(Numbers.Random(101, 4, 3).to(ScalarType.Float32).data<float>().ToArray(), 3), Items = new(Numbers.Random(102, 5, 5).to(ScalarType.Float32).data<float>().ToArray(), 5),
    };

    public static T Randomize<T>(T module) where T : nn.Module
    {
        module.to(ScalarType.Float64);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (name, parameter) in module.named_parameters()) parameter.copy_(Numbers.Random(name.Sum(c => c) * 31 + name.Length, parameter.shape));
        return module;
    }
}
