using AutoGraph.Torch.Backbones;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>The network of an RQ-VAE (paper §3.2.2): encoder, T codebooks, mirrored decoder.</summary>
internal sealed class RqVae : nn.Module
{
    private readonly Tower encoder;                 // [B, V] → [B, D]
    private readonly Tower decoder;                 // [B, D] → [B, V]
    private readonly ParameterList codebooks;       // T × [K, D]
    private readonly bool _rotate;
    private readonly double _sinkhorn;

    public RqVae(int inputWidth, int codebookSize, ResidualQuantizerOptions options, Generator generator) : base(nameof(RqVae))
    {
        encoder = new Tower(nameof(encoder), inputWidth, options.HiddenWidths, options.Dimension, generator);
        decoder = new Tower(nameof(decoder), options.Dimension, [.. options.HiddenWidths.Reverse()], inputWidth, generator);
        codebooks = nn.ParameterList();
        for (int level = 0; level < options.Levels; level++) codebooks.append(Initialize.Zeros(codebookSize, options.Dimension));
        (_rotate, _sinkhorn) = (options.RotationTrick, options.Sinkhorn);
        foreach (var codebook in codebooks) codebook.requires_grad = options.CodebookUpdate == CodebookUpdate.Gradient;
        RegisterComponents();
    }

    /// <summary>Number of levels T.</summary>
    public int Levels => codebooks.Count;

    /// <summary>One level's codebook, [K, D].</summary>
    public Parameter Codebook(int level) => codebooks[level];

    /// <summary>x = encoder(v), [B, D].</summary>
    public Tensor Encode(Tensor vectors) => encoder.forward(vectors);

    /// <summary>v̂ = decoder(x̂), [B, V].</summary>
    public Tensor Decode(Tensor quantized) => decoder.forward(quantized);

    /// <summary>Greedy residual quantization (Eq. 4): per level the nearest code of what is left, or a balanced choice.</summary>
    /// <param name="encoded">x, [B, D].</param>
    /// <param name="sinkhorn">0 for the nearest code, else the temperature of <see cref="BalancedAssignment"/>.</param>
    /// <returns>Codes T × [B], residuals before each level T × [B, D], and x̂ = Σ chosen codes [B, D], without gradients.</returns>
    public (List<Tensor> Codes, List<Tensor> Residuals, Tensor Quantized) Quantize(Tensor encoded, double sinkhorn = 0)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (codes, residuals) = (new List<Tensor>(), new List<Tensor>());
        var residual = encoded.detach();
        var quantized = zeros_like(residual);
        for (int level = 0; level < Levels; level++)
        {
            residuals.Add(residual.MoveToOuterDisposeScope());
            var chosenCodes = sinkhorn > 0 ? BalancedAssignment.Assign(residual, codebooks[level], sinkhorn) : NearestCode.Find(residual, codebooks[level]).Codes;
            var chosen = TableRows.Of(codebooks[level], chosenCodes);
            codes.Add(chosenCodes.MoveToOuterDisposeScope());
            (residual, quantized) = (Scalars.Subtract(residual, chosen), Scalars.Add(quantized, chosen));
        }
        return (codes, residuals, quantized.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Eq. 5, sums over dimensions and mean over the batch. x̂ passes its gradient to the encoder, straight or rotated. Codebooks
    /// that do not learn by gradient have no term of their own.
    /// </summary>
    public RqVaeLoss Loss(Tensor vectors, double commitment)
    {
        using var scope = NewDisposeScope();
        var encoded = Encode(vectors);
        var (codes, residuals, quantized) = Quantize(encoded, _sinkhorn);
        var passed = _rotate ? RotatedGradient.Pass(encoded, quantized) : Scalars.Add(encoded, Scalars.Subtract(quantized, encoded).detach());
        var reconstruction = SquaredError(vectors, Decode(passed));
        var (loss, residual) = (reconstruction, encoded);                     // r^t = x − Σ_{s<t} sg[c^s]: the commitment term reaches the encoder
        for (int level = 0; level < Levels; level++)
        {
            var chosen = TableRows.Of(codebooks[level], codes[level]);
            if (codebooks[level].requires_grad) loss = Scalars.Add(loss, SquaredError(residual.detach(), chosen));
            loss = Scalars.Add(loss, Scalars.Multiply(SquaredError(residual, chosen.detach()), commitment));
            residual = Scalars.Subtract(residual, chosen.detach());
        }
        foreach (var tensor in codes.Concat(residuals)) tensor.MoveToOuterDisposeScope();
        return new(loss.MoveToOuterDisposeScope(), reconstruction.detach().MoveToOuterDisposeScope(), codes, residuals);
    }

    /// <summary>Σ over dimensions of the squared difference, mean over rows.</summary>
    public static Tensor SquaredError(Tensor a, Tensor b) => Scalars.Square(Scalars.Subtract(a, b)).sum(1).mean();
}

/// <summary>The loss of a batch and what it was computed from.</summary>
/// <param name="Total">The loss, a scalar.</param>
/// <param name="Reconstruction">Its first term, without gradient.</param>
/// <param name="Codes">T × [B].</param>
/// <param name="Residuals">T × [B, D], before each level.</param>
internal sealed record RqVaeLoss(Tensor Total, Tensor Reconstruction, List<Tensor> Codes, List<Tensor> Residuals);
