using System.Numerics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// The loss of one row by its scores, and its derivatives. With σ the logistic function and ζ(x) = log(1 + eˣ), so that ζ' = σ:
/// softmax: log(e^s⁺ + Σ e^s_j) − s⁺; BPR: (1/n) Σ ζ(s_j − s⁺); binary cross-entropy: ½ ζ(−s⁺) + (1/2n) Σ ζ(s_j).
/// </summary>
internal static class RowLoss
{
    private const int Chunk = 64;

    /// <param name="loss">Which loss.</param>
    /// <param name="positive">s⁺; receives ∂loss/∂s⁺.</param>
    /// <param name="negatives">s_j, −∞ for one that is left out; receives ∂loss/∂s_j, 0 for one left out.</param>
    /// <param name="leftOut">How many are left out.</param>
    public static T Of<T>(RankingLoss loss, ref T positive, Span<T> negatives, int leftOut) where T : unmanaged, IFloatingPointIeee754<T> => loss switch
    {
        RankingLoss.SampledSoftmax or RankingLoss.FullSoftmax => Softmax(ref positive, negatives),
        RankingLoss.Bpr => Bpr(ref positive, negatives, negatives.Length - leftOut),
        RankingLoss.BinaryCrossEntropy => BinaryCrossEntropy(ref positive, negatives, negatives.Length - leftOut),
        _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "Expected a named loss."),
    };

    private static T Softmax<T>(ref T positive, Span<T> negatives) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T max = negatives.IsEmpty ? positive : T.Max(positive, TensorPrimitives.Max<T>(negatives)), own = T.Exp(positive - max);
        TensorPrimitives.Subtract(negatives, max, negatives);
        TensorPrimitives.Exp<T>(negatives, negatives);
        T others = TensorPrimitives.Sum<T>(negatives), sum = own + others, value = T.Log(sum) + max - positive;
        TensorPrimitives.Multiply(negatives, T.One / sum, negatives);
        positive = -others / sum;
        return value;
    }

    private static T Bpr<T>(ref T positive, Span<T> negatives, int count) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T share = T.One / T.CreateTruncating(Math.Max(1, count));
        TensorPrimitives.Subtract(negatives, positive, negatives);
        T value = SoftPlus(negatives);
        TensorPrimitives.Multiply(negatives, share, negatives);
        positive = -TensorPrimitives.Sum<T>(negatives);
        return value * share;
    }

    private static T BinaryCrossEntropy<T>(ref T positive, Span<T> negatives, int count) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T half = T.CreateTruncating(0.5), share = half / T.CreateTruncating(Math.Max(1, count));
        positive = -positive;
        T value = half * SoftPlus(new Span<T>(ref positive)) + share * SoftPlus(negatives);
        positive *= -half;
        TensorPrimitives.Multiply(negatives, share, negatives);
        return value;
    }

    /// <summary>Σ ζ(x); leaves σ(x). The logarithms of 64 factors 1 + e^−|x|, each at most 2, are that of their product.</summary>
    private static T SoftPlus<T>(Span<T> values) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Span<T> powers = stackalloc T[Chunk];
        var (total, lanes) = (T.Zero, Vector<T>.Zero);
        for (int first = 0; first < values.Length; first += Chunk)
        {
            var x = values.Slice(first, Math.Min(Chunk, values.Length - first));
            var power = powers[..x.Length];
            TensorPrimitives.Abs<T>(x, power);
            TensorPrimitives.Negate<T>(power, power);
            TensorPrimitives.Exp<T>(power, power);
            var products = Vector<T>.One;
            int i = 0;
            for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
            {
                var (value, small) = (new Vector<T>(x[i..]), new Vector<T>(power[i..]));
                var factor = Vector<T>.One + small;
                products *= factor;
                lanes += Vector.Max(value, Vector<T>.Zero);
                (Vector.ConditionalSelect(Vector.GreaterThanOrEqual(value, Vector<T>.Zero), Vector<T>.One, small) / factor).CopyTo(x[i..]);
            }
            T product = T.One;
            for (int lane = 0; lane < Vector<T>.Count; lane++) product *= products[lane];
            for (; i < x.Length; i++)
            {
                T factor = T.One + power[i];
                product *= factor;
                total += T.Max(x[i], T.Zero);
                x[i] = (x[i] >= T.Zero ? T.One : power[i]) / factor;
            }
            total += T.Log(product);
        }
        return total + Vector.Sum(lanes);
    }
}
