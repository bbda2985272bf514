using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>
/// Assignment of a batch under which all codes are wanted alike: the transport plan of Sinkhorn and Knopp for costs of squared
/// distances and equal shares (Cuturi 2013), and of each row the code with the largest share (Zheng et al. 2024).
/// </summary>
internal static class BalancedAssignment
{
    private const int Iterations = 50;

    /// <param name="rows">[B, D].</param>
    /// <param name="codebook">[K, D].</param>
    /// <param name="temperature">ε, relative to the widest deviation of the distances from their mean.</param>
    /// <returns>Codes [B]. The plan needs all B × K distances of a batch.</returns>
    public static Tensor Assign(Tensor rows, Tensor codebook, double temperature)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var products = Scalars.Multiply(rows.mm(codebook.t()), 2);
        var distances = Scalars.Subtract(Scalars.Add(Scalars.Square(rows).sum([1L], true), Scalars.Square(codebook).sum(1)), products);    // [B, K]
        var centred = Scalars.Subtract(distances, distances.mean());
        var logits = Scalars.Multiply(centred / Scalars.AtLeast(centred.abs().max(), 1e-12), -1 / temperature);
        for (int i = 0; i < Iterations; i++)
        {
            using var step = NewDisposeScope();
            var columns = Scalars.Subtract(logits, logits.logsumexp(0, true));               // every code gets the same mass
            logits = Scalars.Subtract(columns, columns.logsumexp(1, true)).MoveToOuterDisposeScope();      // every row spends the same mass
        }
        return logits.argmax(1).MoveToOuterDisposeScope();
    }
}
