using AutoGraph.Core.Graphs;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Tests.Kernels;
using AutoGraph.Torch.Tests.Recommendation;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Enhancements;

public sealed class LightGcnTests
{
    private static readonly RecommenderOptions Options = ToyWorld.Options with { NeighborSample = 1000 };      // sampling does not bind

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Infer_Layers_EqualDensePropagationInDouble(int layers)
    {
        using var scope = NewDisposeScope();
        var enhancer = Enhancer(ToyWorld.Rows, layers);
        enhancer.eval();
        using var _ = no_grad();
        var (users, items) = enhancer.Infer();
        var expected = Dense(enhancer, ToyWorld.Rows, layers);
        Numbers.AreClose(Part(expected, 0, ToyWorld.Users), users!.Of([.. Enumerable.Range(0, ToyWorld.Users)], new(new int[ToyWorld.Users + 1], [])), 1e-6);
        Numbers.AreClose(Part(expected, ToyWorld.Users, ToyWorld.Items), items!, 1e-6);
    }

    [Fact]
    public void Step_PositivesOfTheBatch_AreHiddenToTheBit()
    {
        using var scope = NewDisposeScope();
        (int User, int Item)[] batch = [.. ToyWorld.Rows.Where((_, i) => i % 9 == 4)];
        var (users, items) = Step(ToyWorld.Rows, batch);
        var without = Step(ToyWorld.Rows.Except(batch), batch);
        Assert.Equal(Numbers.Bits(users), Numbers.Bits(without.Users));
        Assert.Equal(Numbers.Bits(items), Numbers.Bits(without.Items));
        var another = Step(ToyWorld.Rows.Where(row => row != ToyWorld.Rows.Except(batch).First()), batch);
        Assert.NotEqual(Numbers.Bits(items), Numbers.Bits(another.Items));
    }

    [Fact]
    public void Step_Gradients_EqualThoseOfTheDenseOperator()
    {
        using var scope = NewDisposeScope();
        var enhancer = Enhancer(ToyWorld.Rows, 2);
        enhancer.BeginEpoch(1);
        (int User, int Item)[] batch = [.. ToyWorld.Rows.Where((_, i) => i % 5 == 2)];
        var random = new RandomStream(1);
        var (_, items) = enhancer.Step(Rows(batch), 0, ref random);
        var upstream = Numbers.Random(5, ToyWorld.Items, 8).@float();
        (items! * upstream).sum().backward();
        // items = P x with a fixed P, so the gradient of x is Pᵀ · upstream
        double[,] p = Operator([.. ToyWorld.Rows.Except(batch)], 2);
        var gradients = enhancer.named_parameters().Where(q => q.name.EndsWith("nodes", StringComparison.Ordinal)).ToDictionary(q => q.name, q => Numbers.Matrix(q.parameter.grad!));
        for (int node = 0; node < ToyWorld.Users + ToyWorld.Items; node++)
            for (int d = 0; d < 8; d++)
            {
                double expected = Enumerable.Range(0, ToyWorld.Items).Sum(i => p[ToyWorld.Users + i, node] * upstream[i, d].item<float>());
                Assert.Equal(expected, node < ToyWorld.Users ? gradients["users.nodes"][node, d] : gradients["items.nodes"][node - ToyWorld.Users, d], 1e-5);
            }
    }

    private static LightGcnEnhancer Enhancer(IEnumerable<(int User, int Item)> rows, int layers)
    {
        using var generator = new Generator(3, CPU);
        return new(ToyWorld.Graph(rows).ItemToUsers, Options with { PropagationLayers = layers }, 1, generator);
    }

    private static (Tensor Users, Tensor Items) Step(IEnumerable<(int User, int Item)> rows, (int User, int Item)[] batch)
    {
        var enhancer = Enhancer(rows, 3);
        enhancer.BeginEpoch(1);
        var random = new RandomStream(1);
        var (users, items) = enhancer.Step(Rows(batch), 0.1, ref random);
        return (users!, items!);
    }

    private static TrainingRows Rows((int User, int Item)[] batch) =>
        new([.. batch.Select(p => p.User)], [.. batch.Select(p => p.Item)], new int[batch.Length], new(new int[batch.Length + 1], []));

    /// <summary>Mean of (D^-½ A D^-½)^l over layers, users first.</summary>
    private static double[,] Operator((int User, int Item)[] rows, int layers)
    {
        int n = ToyWorld.Users + ToyWorld.Items;
        var a = new double[n, n];
        foreach (var (user, item) in rows) a[user, ToyWorld.Users + item] = a[ToyWorld.Users + item, user] = 1;
        double[] degree = [.. Enumerable.Range(0, n).Select(r => Enumerable.Range(0, n).Sum(c => a[r, c]))];
        for (int r = 0; r < n; r++)
            for (int c = 0; c < n; c++)
                if (a[r, c] > 0) a[r, c] = 1 / Math.Sqrt(degree[r] * degree[c]);
        var (power, sum) = (new double[n, n], new double[n, n]);
        for (int r = 0; r < n; r++) power[r, r] = 1;
        for (int layer = 0; layer <= layers; layer++)
        {
            for (int r = 0; r < n; r++) for (int c = 0; c < n; c++) sum[r, c] += power[r, c] / (layers + 1);
            power = Product(a, power);
        }
        return sum;
    }

    private static double[,] Dense(LightGcnEnhancer enhancer, (int User, int Item)[] rows, int layers)
    {
        var weights = enhancer.named_parameters().ToDictionary(p => p.name, p => Numbers.Matrix(p.parameter));
        var x = new double[ToyWorld.Users + ToyWorld.Items, 8];
        for (int node = 0; node < x.GetLength(0); node++)
            for (int d = 0; d < 8; d++)
            {
                bool user = node < ToyWorld.Users, known = rows.Any(row => user ? row.User == node : row.Item == node - ToyWorld.Users);
                string side = user ? "users" : "items";
                x[node, d] = known ? weights[side + ".nodes"][user ? node : node - ToyWorld.Users, d] : weights[side + ".unknown"][0, d];
            }
        return Product(Operator(rows, layers), x);
    }

    private static double[,] Product(double[,] a, double[,] b)
    {
        var c = new double[a.GetLength(0), b.GetLength(1)];
        for (int r = 0; r < a.GetLength(0); r++)
            for (int k = 0; k < b.GetLength(0); k++)
                if (a[r, k] != 0) for (int d = 0; d < b.GetLength(1); d++) c[r, d] += a[r, k] * b[k, d];
        return c;
    }

    private static double[,] Part(double[,] matrix, int first, int count)
    {
        var part = new double[count, matrix.GetLength(1)];
        for (int r = 0; r < count; r++) for (int c = 0; c < part.GetLength(1); c++) part[r, c] = matrix[first + r, c];
        return part;
    }
}
