using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Recommendation;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>Several enhancements, their vectors beside each other; the towers project each for itself.</summary>
internal sealed class CombinedEnhancer : Enhancer
{
    private readonly ModuleList<Enhancer> parts;

    public CombinedEnhancer(IEnumerable<Enhancer> parts) : base(nameof(CombinedEnhancer))
    {
        this.parts = nn.ModuleList([.. parts]);
        Widths = new([.. this.parts.SelectMany(part => part.Widths.Users)], [.. this.parts.SelectMany(part => part.Widths.Items)]);
        RegisterComponents();
    }

    public override EnhancementWidths Widths { get; }

    public override void BeginEpoch(int epoch)
    {
        foreach (var part in parts) part.BeginEpoch(epoch);
    }

    public override (Tensor? Users, Tensor? Items) Step(TrainingRows rows, double drop, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var (users, items) = (new List<Tensor>(), new List<Tensor>());
        foreach (var part in parts)
        {
            var (ofUsers, ofItems) = part.Step(rows, drop, ref random);
            if (ofUsers is not null) users.Add(ofUsers);
            if (ofItems is not null) items.Add(ofItems);
        }
        return (Beside(users), Beside(items));
    }

    public override (UserVectors? Users, Tensor? Items) Infer()
    {
        using var scope = NewDisposeScope();
        var (users, items) = (new List<UserVectors>(), new List<Tensor>());
        foreach (var part in parts)
        {
            var (ofUsers, ofItems) = part.Infer();
            if (ofUsers is not null) users.Add(ofUsers);
            if (ofItems is not null) items.Add(ofItems);
        }
        UserVectors? all = users.Count switch { 0 => null, 1 => users[0], _ => new CombinedUserVectors(users) };
        all?.MoveToOuterScope();
        return (all, Beside(items));
    }

    private static Tensor? Beside(List<Tensor> vectors) => vectors.Count == 0 ? null : cat(vectors, 1).MoveToOuterDisposeScope();
}
