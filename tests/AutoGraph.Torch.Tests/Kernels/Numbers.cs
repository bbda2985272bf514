using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Kernels;

/// <summary>Tensors to arrays and back, and gradients by central differences.</summary>
internal static class Numbers
{
    /// <summary>Values in ±1 from a seed.</summary>
    public static Tensor Random(int seed, params long[] shape)
    {
        var random = new Random(seed);
        var values = new double[shape.Aggregate(1L, (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++) values[i] = 2 * random.NextDouble() - 1;
        return tensor(values, shape);
    }

    public static double[] Flat(Tensor values) => values.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();

    public static double[,] Matrix(Tensor values)
    {
        var (flat, matrix) = (Flat(values), new double[values.shape[0], values.shape[1]]);
        Buffer.BlockCopy(flat, 0, matrix, 0, flat.Length * sizeof(double));
        return matrix;
    }

    /// <summary>The bits of float values, for comparisons that allow no difference at all.</summary>
    public static int[] Bits(Tensor values) => [.. values.detach().cpu().contiguous().data<float>().ToArray().Select(BitConverter.SingleToInt32Bits)];

    public static void AreClose(double[,] expected, Tensor actual, double tolerance)
    {
        Assert.Equal([expected.GetLength(0), expected.GetLength(1)], actual.shape);
        AreClose(expected.Cast<double>().ToArray(), Flat(actual), tolerance);
    }

    public static void AreClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * (1 + Math.Abs(expected[i])), $"Expected {expected[i]:R}, found {actual[i]:R} at {i}.");
    }

    /// <summary>The gradients that backward gives for a function's float64 inputs.</summary>
    public static double[][] Gradients(Func<Tensor> loss, params Tensor[] inputs)
    {
        foreach (var input in inputs)
        {
            input.requires_grad = true;
            input.grad?.zero_();
        }
        loss().backward();
        return [.. inputs.Select(input => input.grad is { } grad ? Flat(grad) : new double[input.numel()])];
    }

    /// <summary>Compares backward with (f(x + h) − f(x − h)) / 2h for every element of every input.</summary>
    public static void CheckGradients(Func<Tensor> loss, params Tensor[] inputs)
    {
        const double Step = 1e-6;
        var analytic = Gradients(loss, inputs);
        for (int n = 0; n < inputs.Length; n++)
        {
            var numeric = new double[analytic[n].Length];
            using var _ = no_grad();
            var view = inputs[n].view(-1);
            for (int i = 0; i < numeric.Length; i++)
            {
                double value = view[i].item<double>();
                numeric[i] = (At(value + Step) - At(value - Step)) / (2 * Step);
                At(value);

                double At(double changed)
                {
                    using var scope = NewDisposeScope();
                    view[i] = tensor(changed, ScalarType.Float64);
                    return loss().item<double>();
                }
            }
            AreClose(numeric, analytic[n], 1e-6);
        }
    }
}
