using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// One step of AdamW (Loshchilov and Hutter 2019) on one parameter:
/// m ← β₁m + (1−β₁)g, s ← β₂s + (1−β₂)g², θ ← Shrink·θ − Rate · m / (SquareCorrection·√s + ε).
/// </summary>
/// <param name="Shrink">1 − η·λ.</param>
/// <param name="Rate">η / (1 − β₁ᵗ).</param>
/// <param name="SquareCorrection">1 / √(1 − β₂ᵗ).</param>
/// <param name="MeanDecay">β₁.</param>
/// <param name="SquareDecay">β₂.</param>
/// <param name="Epsilon">ε.</param>
internal readonly record struct AdamStep(double Shrink, double Rate, double SquareCorrection, double MeanDecay, double SquareDecay, double Epsilon)
{
    /// <summary>Updates parameter, mean and square in place. On the CPU one fused pass over memory, on other devices tensor operations.</summary>
    public void Apply(Tensor parameter, Tensor gradient, Tensor mean, Tensor square)
    {
        ExpectOneShape(parameter, gradient, mean, square);
        if (parameter.device_type != DeviceType.CPU) Scalars.AdamStep(parameter, gradient, mean, square, this);
        else if (Shapes.IsDouble(parameter, gradient, mean, square)) Fused<double>(parameter, gradient, mean, square);
        else Fused<float>(parameter, gradient, mean, square);
    }

    /// <summary>
    /// The same on the rows of tables whose gradient is not zero; the others keep parameter, mean and square as they are, so that a step costs what it touches
    /// and one pass over the gradient.
    /// </summary>
    /// <param name="parameter">[N, D], and so the others.</param>
    /// <param name="gradient">g.</param>
    /// <param name="mean">m.</param>
    /// <param name="square">s.</param>
    public void ApplyToRows(Tensor parameter, Tensor gradient, Tensor mean, Tensor square)
    {
        Shapes.Expect(parameter, nameof(parameter), -1, -1);
        ExpectOneShape(parameter, gradient, mean, square);
        if (parameter.device_type != DeviceType.CPU) Scalars.AdamStepOfRows(parameter, gradient, mean, square, this);
        else if (Shapes.IsDouble(parameter, gradient, mean, square)) FusedRows<double>(parameter, gradient, mean, square);
        else FusedRows<float>(parameter, gradient, mean, square);
    }

    private static void ExpectOneShape(Tensor parameter, Tensor gradient, Tensor mean, Tensor square)
    {
        long[] shape = parameter.shape;
        Shapes.Expect(gradient, nameof(gradient), shape);
        Shapes.Expect(mean, nameof(mean), shape);
        Shapes.Expect(square, nameof(square), shape);
    }

    private unsafe void Fused<T>(Tensor parameter, Tensor gradient, Tensor mean, Tensor square) where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var contiguous = gradient.contiguous();
        var update = Pass(Lanes.Pointer<T>(parameter), Lanes.Pointer<T>(contiguous), Lanes.Pointer<T>(mean), Lanes.Pointer<T>(square));
        int count = checked((int)parameter.numel());
        CpuLoop.Run(count, 4L * count, update);
    }

    private unsafe void FusedRows<T>(Tensor parameter, Tensor gradient, Tensor mean, Tensor square) where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var contiguous = gradient.contiguous();
        T* g = Lanes.Pointer<T>(contiguous);
        var update = Pass(Lanes.Pointer<T>(parameter), g, Lanes.Pointer<T>(mean), Lanes.Pointer<T>(square));
        var (rows, width, count) = ((int)parameter.shape[0], (int)parameter.shape[1], checked((int)parameter.numel()));
        CpuLoop.Run(rows, count, (from, to) =>
        {
            for (int row = from; row < to; row++)
                if (new ReadOnlySpan<byte>(g + row * width, width * sizeof(T)).ContainsAnyExcept((byte)0)) update(row * width, (row + 1) * width);
        });
    }

    // one pass over [from, to)
    private unsafe Action<int, int> Pass<T>(T* p, T* g, T* m, T* s) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (shrink, rate, correction, epsilon) = (T.CreateChecked(Shrink), T.CreateChecked(Rate), T.CreateChecked(SquareCorrection), T.CreateChecked(Epsilon));
        T keepMean = T.CreateChecked(MeanDecay), addMean = T.CreateChecked(1 - MeanDecay), keepSquare = T.CreateChecked(SquareDecay), addSquare = T.CreateChecked(1 - SquareDecay);
        return (from, to) =>
        {
            int i = from;
            for (; i <= to - Vector<T>.Count; i += Vector<T>.Count)
            {
                var gradients = Vector.Load(g + i);
                var means = Vector.Load(m + i) * keepMean + gradients * addMean;
                var squares = Vector.Load(s + i) * keepSquare + gradients * gradients * addSquare;
                means.Store(m + i);
                squares.Store(s + i);
                var denominator = Vector.SquareRoot(squares) * correction + new Vector<T>(epsilon);
                (Vector.Load(p + i) * shrink - means * rate / denominator).Store(p + i);
            }
            for (; i < to; i++)
            {
                m[i] = m[i] * keepMean + g[i] * addMean;
                s[i] = s[i] * keepSquare + g[i] * g[i] * addSquare;
                p[i] = p[i] * shrink - m[i] * rate / (T.Sqrt(s[i]) * correction + epsilon);
            }
        };
    }
}
