using AutoGraph;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace OwnBackboneSample;

/// <summary>An enhancement from outside the library: how popular an item is, as one of ten grades, each with a vector of its own.</summary>
internal sealed class PopularityEnhancement : OwnEnhancement
{
    private const int Grades = 10;
    private readonly Parameter vectors;     // [Grades, D]
    private readonly int[] _counts;         // [I] training interactions

    public PopularityEnhancement(OwnEnhancementInput input) : base(nameof(PopularityEnhancement))
    {
        vectors = nn.Parameter(randn([Grades, input.Dimension], generator: input.Generator) * 0.1);
        _counts = new int[input.Train.Items.Count];
        foreach (int item in input.Train.ItemOf) _counts[item]++;
        RegisterComponents();
    }

    public override int UserWidth => 0;

    public override int ItemWidth => (int)vectors.shape[1];

    public override (Tensor? Users, Tensor? Items) Vectors(IReadOnlyList<(int User, int Item)> positives)
    {
        // what this step shall predict does not count, or a popular grade would tell it
        var counts = (int[])_counts.Clone();
        foreach (var (_, item) in positives) counts[item] = Math.Max(0, counts[item] - 1);
        long[] grades = [.. counts.Select(count => Math.Min(Grades - 1, (long)Math.Log2(1 + count)))];
        return (null, vectors.index_select(0, tensor(grades, device: vectors.device)));
    }
}
