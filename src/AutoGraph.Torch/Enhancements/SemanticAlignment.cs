using AutoGraph.Core.Features;
using AutoGraph.Torch.Backbones;
using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>
/// A loss beside that of ranking, which draws the vectors of items to what their texts say and apart from those of others (contrastive alignment: RLMRec-Con, Ren et al. 2024):
/// −(1/n) Σ_i log(exp(cos(p_i, v_i)/τ) / Σ_j exp(cos(p_i, v_j)/τ)) over the n different positives of a step that have a semantic vector s, with v from the item tower and p an MLP of s.
/// </summary>
internal sealed class SemanticAlignment : nn.Module
{
    private readonly Tower head;
    private readonly Tensor _semantic;      // [I, V]
    private readonly bool[] _speaks;        // [I] zeros stand for no semantic vector
    private readonly double _temperature;

    /// <param name="semantic">Semantic vectors of all items.</param>
    /// <param name="width">Width D of item vectors.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="generator">Where weights are drawn from.</param>
    public SemanticAlignment(SemanticField semantic, int width, double temperature, Generator generator) : base(nameof(SemanticAlignment))
    {
        head = new Tower(nameof(head), semantic.Width, [2 * width], width, generator);
        // a clone, since matrix products round by the alignment of an array's own memory
        _semantic = tensor(semantic.Values, semantic.RowCount, semantic.Width).clone().DetachFromDisposeScope();
        _speaks = [.. Enumerable.Range(0, semantic.RowCount).Select(row => semantic.Values.AsSpan(row * semantic.Width, semantic.Width).ContainsAnyExcept(0f))];
        _temperature = temperature;
        RegisterComponents();
    }

    /// <summary>The loss, a scalar; null where fewer than two different positives have a semantic vector.</summary>
    /// <param name="items">[I, D] vectors of all items.</param>
    /// <param name="positives">[B] item positions.</param>
    public Tensor? Loss(Tensor items, int[] positives)
    {
        int[] rows = [.. positives.Where(item => _speaks[item]).Distinct().Order()];
        if (rows.Length < 2) return null;
        using var scope = NewDisposeScope();
        var index = tensor(rows, ScalarType.Int64, items.device);
        var texts = nn.functional.normalize(head.forward(TableRows.Of(_semantic.to(items.dtype).to(items.device), index)));
        var vectors = nn.functional.normalize(TableRows.Of(items, index));
        return SharedCandidateLoss.Apply(RankingLoss.SampledSoftmax, Scalars.Multiply(texts, 1 / _temperature), vectors, [.. Enumerable.Range(0, rows.Length)], null).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _semantic.Dispose();
        base.Dispose(disposing);
    }
}
