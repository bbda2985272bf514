using AutoGraph.Torch.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Kernels;

[Collection(nameof(Sequential))]
public class AdamStepTests
{
    private const double Rate = 0.1, Decay = 0.5, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    /// <summary>The step numbered from 1, as AdamW makes it.</summary>
    private static AdamStep Step(int number) => new(1 - Rate * Decay, Rate / (1 - Math.Pow(Beta1, number)), 1 / Math.Sqrt(1 - Math.Pow(Beta2, number)), Beta1, Beta2, Epsilon);

    private static double Gradient(int i, int step) => i == 2 ? 0 : Math.Sin(i + 3 * step) * (i % 4 + 0.01);

    /// <summary>Algorithm 2 of Loshchilov and Hutter (2019), line by line.</summary>
    private static double[] Reference(double[] start, int steps)
    {
        var theta = (double[])start.Clone();
        for (int i = 0; i < theta.Length; i++)
        {
            double m = 0, v = 0;
            for (int t = 1; t <= steps; t++)
            {
                double g = Gradient(i, t);
                m = Beta1 * m + (1 - Beta1) * g;
                v = Beta2 * v + (1 - Beta2) * g * g;
                double corrected = m / (1 - Math.Pow(Beta1, t)), scale = v / (1 - Math.Pow(Beta2, t));
                theta[i] -= Rate * (corrected / (Math.Sqrt(scale) + Epsilon)) + Rate * Decay * theta[i];
            }
        }
        return theta;
    }

    private delegate void Update(in AdamStep step, Tensor parameter, Tensor gradient, Tensor mean, Tensor square);

    private static Tensor Run(double[] start, int steps, ScalarType type, Update update)
    {
        using var _ = no_grad();
        var parameter = tensor(start).to(type).view(-1, 1).clone();
        var (mean, square) = (zeros_like(parameter), zeros_like(parameter));
        for (int t = 1; t <= steps; t++)
            update(Step(t), parameter, tensor(Enumerable.Range(0, start.Length).Select(i => Gradient(i, t)).ToArray()).to(type).view(-1, 1), mean, square);
        return parameter;
    }

    [Theory, InlineData(1), InlineData(3), InlineData(19), InlineData(64)]
    public void Apply_SeveralSteps_EqualsThePublishedAlgorithm(int size)
    {
        using var scope = NewDisposeScope();
        double[] start = [.. Enumerable.Range(0, size).Select(i => 1 - 0.1 * i)];
        double[] expected = Reference(start, 5);
        Numbers.AreClose(expected, Numbers.Flat(Run(start, 5, ScalarType.Float64, (in step, p, g, m, s) => step.Apply(p, g, m, s))), 1e-12);
        Numbers.AreClose(expected, Numbers.Flat(Run(start, 5, ScalarType.Float64, (in step, p, g, m, s) => Scalars.AdamStep(p, g, m, s, step))), 1e-12);
        Numbers.AreClose(expected, Numbers.Flat(Run(start, 5, ScalarType.Float32, (in step, p, g, m, s) => step.Apply(p, g, m, s)).@double()), 1e-5);
    }

    [Theory]
    [InlineData(ScalarType.Float64, false, 1e-12)]
    [InlineData(ScalarType.Float64, true, 1e-12)]
    [InlineData(ScalarType.Float32, false, 1e-5)]
    public void ApplyToRows_RowsWithoutAGradient_StayAsTheyAre(ScalarType type, bool composed, double tolerance)
    {
        const int Rows = 5, Width = 3, Steps = 6;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        // row 0 always has a gradient, row 1 never, row 2 in even steps, row 3 one of a single value, row 4 in the last step alone
        static double GradientOf(int row, int column, int t) => row switch
        {
            0 => Math.Sin(column + 3 * t),
            1 => 0,
            2 => t % 2 == 0 ? Math.Cos(column + t) : 0,
            3 => column == 2 ? -1.0 / t : 0,
            _ => t == Steps ? 0.3 : 0,
        };
        var (theta, m, v) = (new double[Rows, Width], new double[Rows, Width], new double[Rows, Width]);
        for (int i = 0; i < Rows * Width; i++) theta[i / Width, i % Width] = 1 - 0.1 * i;
        Tensor parameter = tensor(theta).to(type).clone(), mean = zeros_like(parameter), square = zeros_like(parameter);
        for (int t = 1; t <= Steps; t++)
        {
            var gradient = new double[Rows, Width];
            for (int row = 0; row < Rows; row++)
            {
                for (int column = 0; column < Width; column++) gradient[row, column] = GradientOf(row, column, t);
                if (Enumerable.Range(0, Width).All(column => gradient[row, column] == 0)) continue;
                for (int column = 0; column < Width; column++)
                {
                    double g = gradient[row, column];
                    m[row, column] = Beta1 * m[row, column] + (1 - Beta1) * g;
                    v[row, column] = Beta2 * v[row, column] + (1 - Beta2) * g * g;
                    theta[row, column] -= Rate * (m[row, column] / (1 - Math.Pow(Beta1, t)) / (Math.Sqrt(v[row, column] / (1 - Math.Pow(Beta2, t))) + Epsilon)) + Rate * Decay * theta[row, column];
                }
            }
            if (composed) Scalars.AdamStepOfRows(parameter, tensor(gradient).to(type), mean, square, Step(t));
            else Step(t).ApplyToRows(parameter, tensor(gradient).to(type), mean, square);
        }
        Numbers.AreClose(theta.Cast<double>().ToArray(), Numbers.Flat(parameter.@double()), tolerance);
        Numbers.AreClose(m.Cast<double>().ToArray(), Numbers.Flat(mean.@double()), tolerance);
        Numbers.AreClose(v.Cast<double>().ToArray(), Numbers.Flat(square.@double()), tolerance);
    }

    [Fact]
    public void Apply_OneOrTwoThreads_SameBits()
    {
        using var scope = NewDisposeScope();
        double[] start = [.. Enumerable.Range(0, 100_003).Select(i => Math.Cos(i))];
        Assert.Equal(Bits(1), Bits(2));

        int[] Bits(int threads) => Threads.With(threads, () => Numbers.Bits(Run(start, 2, ScalarType.Float32, (in step, p, g, m, s) => step.Apply(p, g, m, s))));
    }

    [Fact]
    public void Apply_OnAnotherDevice_StaysThere()
    {
        using var scope = NewDisposeScope();
        var parameter = empty(3, 2, device: META);
        Step(1).Apply(parameter, empty(3, 2, device: META), empty(3, 2, device: META), empty(3, 2, device: META));
        Step(1).ApplyToRows(parameter, empty(3, 2, device: META), empty(3, 2, device: META), empty(3, 2, device: META));
        Assert.Equal(DeviceType.META, parameter.device_type);
    }

    [Fact]
    public void Apply_GradientOfAnotherShape_ThrowsInManagedCode()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => Step(1).Apply(zeros(3), zeros(4), zeros(3), zeros(3)));
        Assert.Throws<ArgumentException>(() => Step(1).ApplyToRows(zeros(3, 2), zeros(4, 2), zeros(3, 2), zeros(3, 2)));
        Assert.Throws<ArgumentException>(() => Step(1).ApplyToRows(zeros(3), zeros(3), zeros(3), zeros(3)));
    }
}
