using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// Tensor operations with numbers; nothing else in this assembly makes a <see cref="Scalar"/>, or calls what makes one in TorchSharp (a test reads the IL of both).
/// TorchSharp 0.107 hands native code the bare handle of a scalar: one made for a call, as every number given to a tensor
/// operation and the operators a + b and a − b are, can be collected, and its memory freed, while the call still reads it.
/// Seen in training on MovieLens-1M ("Expected false to be true"). Here each scalar lives at least as long as its call.
/// </summary>
internal static class Scalars
{
    private static readonly Scalar Zero = 0.0;
    private static readonly Scalar One = 1.0;
    private static readonly Scalar MinusOne = -1.0;

    /// <summary>a + b.</summary>
    public static Tensor Add(Tensor a, Tensor b) => a.add(b, One);

    /// <summary>a − b.</summary>
    public static Tensor Subtract(Tensor a, Tensor b) => a.add(b, MinusOne);

    /// <summary>x², for which TorchSharp's own square makes a scalar.</summary>
    public static Tensor Square(Tensor x) => x * x;

    /// <summary>a · factor.</summary>
    public static Tensor Multiply(Tensor a, double factor)
    {
        using Scalar scalar = factor;
        return a.mul(scalar);
    }

    /// <summary>target ← target · factor.</summary>
    public static void Scale(Tensor target, double factor)
    {
        using Scalar scalar = factor;
        using var scope = NewDisposeScope();
        target.mul_(scalar);
    }

    /// <summary>target ← target + value.</summary>
    public static void AddTo(Tensor target, Tensor value)
    {
        using var scope = NewDisposeScope();
        target.add_(value, One);
    }

    /// <summary>ELU with α = 1.</summary>
    public static Tensor Elu(Tensor input) => input.elu(One, One, One);

    /// <summary>LeakyReLU as max(x, slope·x), for slopes from 0 to 1.</summary>
    public static Tensor LeakyRelu(Tensor input, double slope) => maximum(input, Multiply(input, slope));

    /// <summary>max(x, minimum).</summary>
    public static Tensor AtLeast(Tensor input, double minimum)
    {
        using Scalar scalar = minimum;
        return input.clamp_min(scalar);
    }

    /// <summary>Whether x = 0.</summary>
    public static Tensor IsZero(Tensor input) => input.eq(Zero);

    /// <summary>Whether x ≥ threshold.</summary>
    public static Tensor IsAtLeast(Tensor input, double threshold)
    {
        using Scalar scalar = threshold;
        return input.ge(scalar);
    }

    /// <summary>Adds the rows of source to the rows of target that the index names.</summary>
    public static Tensor IndexAdd(Tensor target, Tensor index, Tensor source) => target.index_add(0, index, source, One);

    /// <summary>Moves a tensor in place: target ← target + part · (value − target).</summary>
    public static void MoveTowards(Tensor target, Tensor value, double part)
    {
        using Scalar stay = 1 - part, move = part;
        using var scope = NewDisposeScope();
        target.mul_(stay).add_(value, move);
    }

    /// <summary>One step of AdamW on the rows of a table whose gradient is not zero, in place, on any device.</summary>
    public static void AdamStepOfRows(Tensor parameter, Tensor gradient, Tensor mean, Tensor square, in AdamStep step)
    {
        using var scope = NewDisposeScope();
        var touched = gradient.ne(Zero).any(1, keepdim: true).to(parameter.dtype);       // [N, 1]
        var untouched = IsZero(touched).to(parameter.dtype);
        Tensor[] state = [parameter, mean, square], before = [.. state.Select(tensor => tensor.clone())];
        AdamStep(parameter, gradient, mean, square, step);
        foreach (var (after, old) in state.Zip(before)) after.mul_(touched).addcmul_(old, untouched, One);
    }

    /// <summary>One step of AdamW on one parameter, in place, on any device.</summary>
    public static void AdamStep(Tensor parameter, Tensor gradient, Tensor mean, Tensor square, in AdamStep step)
    {
        using Scalar keepMean = step.MeanDecay, addMean = 1 - step.MeanDecay, keepSquare = step.SquareDecay, addSquare = 1 - step.SquareDecay;
        using Scalar shrink = step.Shrink, correction = step.SquareCorrection, epsilon = step.Epsilon, rate = -step.Rate;
        using var scope = NewDisposeScope();
        parameter.mul_(shrink);
        mean.mul_(keepMean).add_(gradient, addMean);
        square.mul_(keepSquare).addcmul_(gradient, gradient, addSquare);
        parameter.addcdiv_(mean, square.sqrt().mul_(correction).add_(epsilon, One), rate);
    }
}
