using System.Numerics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>The steps of <see cref="GatedRecurrence"/>: libtorch multiplies, loops of our own do the gates.</summary>
internal readonly unsafe struct GatedRecurrenceCpu<T>(PackedSteps steps, int width) where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>An exponential and its surroundings, counted in multiply-adds.</summary>
    private const long WorkPerElement = 60;

    /// <param name="input">[N, 3D].</param>
    /// <param name="weight">[3D, D].</param>
    /// <param name="bias">[3D].</param>
    /// <param name="gates">[N, 4D] receives r, z, n and W_n h + b_n.</param>
    /// <param name="states">[N, D] receives the states.</param>
    public void Forward(Tensor input, Tensor weight, Tensor bias, Tensor gates, Tensor states)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        if (steps.Count == 0) return;
        var start = zeros(steps.Rows(0), width, dtype: input.dtype);
        T* x = Lanes.Pointer<T>(input), g = Lanes.Pointer<T>(gates), h = Lanes.Pointer<T>(states);
        int d = width;
        for (int t = 0; t < steps.Count; t++)
        {
            using var step = NewDisposeScope();
            int first = steps.Offsets[t], before = t == 0 ? 0 : steps.Offsets[t - 1];
            var previous = t == 0 ? start : states.narrow(0, before, steps.Rows(t));
            var product = nn.functional.linear(previous, weight, bias);                          // [rows, 3D]
            T* m = Lanes.Pointer<T>(product), p = t == 0 ? Lanes.Pointer<T>(start) : h + (long)before * d;
            CpuLoop.Run(steps.Rows(t), WorkPerElement * steps.Rows(t) * d, (from, to) =>
            {
                for (int row = from; row < to; row++)
                    Gates(x + (long)(first + row) * 3 * d, m + (long)row * 3 * d, p + (long)row * d, g + (long)(first + row) * 4 * d, h + (long)(first + row) * d, d);
            });
            GC.KeepAlive(product);
        }
    }

    private static void Gates(T* x, T* m, T* previous, T* gates, T* state, int d)
    {
        Span<T> rz = new(gates, 2 * d), n = new(gates + 2 * d, d);
        ReadOnlySpan<T> hidden = new(m + 2 * d, d);
        TensorPrimitives.Add(new ReadOnlySpan<T>(x, 2 * d), new ReadOnlySpan<T>(m, 2 * d), rz);
        TensorPrimitives.Sigmoid<T>(rz, rz);
        TensorPrimitives.MultiplyAdd<T>(rz[..d], hidden, new ReadOnlySpan<T>(x + 2 * d, d), n);
        TensorPrimitives.Tanh<T>(n, n);
        hidden.CopyTo(new Span<T>(gates + 3 * d, d));
        for (int c = 0; c < d; c++) state[c] = gates[2 * d + c] + gates[d + c] * (previous[c] - gates[2 * d + c]);
    }

    /// <summary>Gradients of input [N, 3D], weight [3D, D] and bias [3D].</summary>
    /// <param name="weight">[3D, D].</param>
    /// <param name="gates">[N, 4D] of the forward pass.</param>
    /// <param name="states">[N, D].</param>
    /// <param name="grad">[N, D] gradient of the states.</param>
    public (Tensor Input, Tensor Weight, Tensor Bias) Backward(Tensor weight, Tensor gates, Tensor states, Tensor grad)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        int rows = steps.Sources.Length, d = width;
        var gradInput = empty(rows, 3 * d, dtype: weight.dtype);
        if (rows == 0) return (gradInput.MoveToOuterDisposeScope(), zeros_like(weight).MoveToOuterDisposeScope(), zeros(3 * d, dtype: weight.dtype).MoveToOuterDisposeScope());
        var gradHidden = empty(rows, 3 * d, dtype: weight.dtype);          // of W h + b
        var previous = zeros(rows, d, dtype: weight.dtype);                // h before each item
        var toState = empty(rows, d, dtype: weight.dtype);                 // z ⊙ gradient, straight to the state before
        T* g = Lanes.Pointer<T>(gates), h = Lanes.Pointer<T>(states), incoming = Lanes.Pointer<T>(grad);
        T* dx = Lanes.Pointer<T>(gradInput), dm = Lanes.Pointer<T>(gradHidden), p = Lanes.Pointer<T>(previous), straight = Lanes.Pointer<T>(toState);
        for (int t = 1; t < steps.Count; t++)
            new Span<T>(h + (long)steps.Offsets[t - 1] * d, steps.Rows(t) * d).CopyTo(new Span<T>(p + (long)steps.Offsets[t] * d, steps.Rows(t) * d));
        for (int t = steps.Count - 1; t >= 0; t--)
        {
            using var step = NewDisposeScope();
            int first = steps.Offsets[t], later = t + 1 == steps.Count ? 0 : steps.Rows(t + 1), next = first + steps.Rows(t);
            var carried = later == 0 ? null : gradHidden.narrow(0, next, later).mm(weight);      // [later, D] through W
            T* c = carried is null ? null : Lanes.Pointer<T>(carried);
            CpuLoop.Run(steps.Rows(t), 20L * steps.Rows(t) * d, (from, to) =>
            {
                for (int row = from; row < to; row++)
                {
                    long at = first + row;
                    Back(incoming + at * d, row < later ? c + (long)row * d : null, row < later ? straight + (next + (long)row) * d : null,
                        g + at * 4 * d, p + at * d, dx + at * 3 * d, dm + at * 3 * d, straight + at * d, d);
                }
            });
            GC.KeepAlive(carried);
        }
        return (gradInput.MoveToOuterDisposeScope(), gradHidden.t().mm(previous).MoveToOuterDisposeScope(), gradHidden.sum([0L]).MoveToOuterDisposeScope());
    }

    // δ the gradient of h: δn = δ(1−z), δz = δ(h₋ − n), through tanh' = 1 − n² and σ' = s(1−s)
    private static void Back(T* incoming, T* carried, T* straightLater, T* gates, T* previous, T* dx, T* dm, T* straight, int d)
    {
        for (int c = 0; c < d; c++)
        {
            T delta = incoming[c], r = gates[c], z = gates[d + c], n = gates[2 * d + c], hidden = gates[3 * d + c];
            if (carried != null) delta += carried[c] + straightLater[c];
            T toN = delta * (T.One - z) * (T.One - n * n), toZ = delta * (previous[c] - n) * z * (T.One - z), toR = toN * hidden * r * (T.One - r);
            (dx[c], dx[d + c], dx[2 * d + c]) = (toR, toZ, toN);
            (dm[c], dm[d + c], dm[2 * d + c]) = (toR, toZ, toN * r);
            straight[c] = delta * z;
        }
    }
}
