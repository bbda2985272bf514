using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// The recurrence of a GRU (Cho et al. 2014, in PyTorch's form), from h = 0:
/// r = σ(x_r + W_r h + b_r), z = σ(x_z + W_z h + b_z), n = tanh(x_n + r ⊙ (W_n h + b_n)), h ← (1 − z) ⊙ n + z ⊙ h.
/// </summary>
/// <remarks>Cost on the CPU: a product [rows, D]·[D, 3D] a step and one fused pass for the gates; backward the same, and one product for all of W.</remarks>
internal static class GatedRecurrence
{
    /// <param name="input">[N, 3D] projected inputs x_r ‖ x_z ‖ x_n, packed.</param>
    /// <param name="weight">[3D, D] W_r, W_z, W_n.</param>
    /// <param name="bias">[3D].</param>
    /// <param name="steps">How the rows are packed.</param>
    /// <returns>[N, D] the state after each item.</returns>
    public static Tensor Apply(Tensor input, Tensor weight, Tensor bias, PackedSteps steps)
    {
        Shapes.Expect(weight, nameof(weight), -1, -1);
        long width = weight.shape[1];
        Shapes.Expect(weight, nameof(weight), 3 * width, width);
        Shapes.Expect(bias, nameof(bias), 3 * width);
        Shapes.Expect(input, nameof(input), steps.Sources.Length, 3 * width);
        if (input.device_type != DeviceType.CPU) return Composed(input, weight, bias, steps);
        return Shapes.IsDouble(input, weight, bias) ? Fused<double>.apply(input, weight, bias, steps) : Fused<float>.apply(input, weight, bias, steps);
    }

    /// <summary>The same of tensor operations, on any device.</summary>
    internal static Tensor Composed(Tensor input, Tensor weight, Tensor bias, PackedSteps steps)
    {
        using var scope = NewDisposeScope();
        long width = weight.shape[1];
        if (steps.Count == 0) return zeros(0, width, dtype: input.dtype, device: input.device).MoveToOuterDisposeScope();
        var states = new List<Tensor>(steps.Count);
        var state = zeros(steps.Rows(0), width, dtype: input.dtype, device: input.device);
        for (int t = 0; t < steps.Count; t++)
        {
            var before = state.narrow(0, 0, steps.Rows(t));
            var x = input.narrow(0, steps.Offsets[t], steps.Rows(t)).chunk(3, 1);
            var h = nn.functional.linear(before, weight, bias).chunk(3, 1);
            Tensor r = Scalars.Add(x[0], h[0]).sigmoid(), z = Scalars.Add(x[1], h[1]).sigmoid(), n = Scalars.Add(x[2], r * h[2]).tanh();
            states.Add(state = Scalars.Add(n, z * Scalars.Subtract(before, n)));
        }
        return cat(states, 0).MoveToOuterDisposeScope();
    }

    private sealed class Fused<T> : autograd.SingleTensorFunction<Fused<T>> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public override string Name => nameof(GatedRecurrence);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (input, weight, bias, steps) = (((Tensor)vars[0]).contiguous(), ((Tensor)vars[1]).contiguous(), ((Tensor)vars[2]).contiguous(), (PackedSteps)vars[3]);
            using (input)
            {
                int rows = steps.Sources.Length, width = (int)weight.shape[1];
                var states = empty(rows, width, dtype: input.dtype);
                var gates = empty(rows, 4 * width, dtype: input.dtype);             // r, z, n and W_n h + b_n, for the backward pass
                new GatedRecurrenceCpu<T>(steps, width).Forward(input, weight, bias, gates, states);
                ctx.save_for_backward([weight, gates, states]);
                ctx.save_data(nameof(steps), steps);
                bias.Dispose();
                return states;
            }
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad)
        {
            var saved = ctx.get_saved_variables();
            var (weight, gates, states) = (saved[0], saved[1], saved[2]);
            using var incoming = grad.contiguous();
            var (gradInput, gradWeight, gradBias) = new GatedRecurrenceCpu<T>((PackedSteps)ctx.get_data("steps"), (int)weight.shape[1]).Backward(weight, gates, states, incoming);
            foreach (var tensor in saved) tensor.Dispose();
            return [gradInput, gradWeight, gradBias, null!];
        }
    }
}
