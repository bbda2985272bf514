using System.Numerics;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>Dropout (Srivastava et al. 2014): each element is 0 with probability p, else divided by 1 − p.</summary>
/// <remarks>What is dropped is a hash of the element's number, so it depends on nothing but the seed, not even on the device, and no mask is stored on the CPU.</remarks>
internal static class SeededDropout
{
    /// <param name="input">Any shape.</param>
    /// <param name="rate">p, from 0 (nothing is drawn, the input comes back) to below 1, to 1/65,536.</param>
    /// <param name="random">Where the seed is drawn from.</param>
    public static Tensor Apply(Tensor input, double rate, ref RandomStream random)
    {
        if (rate <= 0) return input;
        ulong seed = random.NextBits();
        if (input.device_type != DeviceType.CPU) return Composed(input, rate, seed);
        return Shapes.IsDouble(input) ? Fused<double>.apply(input, rate, seed) : Fused<float>.apply(input, rate, seed);
    }

    /// <remarks>The mask is drawn on the CPU and moved: TorchSharp 0.107 makes generators of the CPU whatever device they are asked for.</remarks>
    private static Tensor Composed(Tensor input, double rate, ulong seed)
    {
        using var scope = NewDisposeScope();
        return (input * Fused<float>.Drop(ones(input.shape), rate, seed).to(input.dtype).to(input.device)).MoveToOuterDisposeScope();
    }

    private sealed unsafe class Fused<T> : autograd.SingleTensorFunction<Fused<T>> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public override string Name => nameof(SeededDropout);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (rate, seed) = ((double)vars[1], (ulong)vars[2]);
            ctx.save_data(nameof(rate), rate);
            ctx.save_data(nameof(seed), seed);
            return Drop((Tensor)vars[0], rate, seed);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad) =>
            [Drop(grad, (double)ctx.get_data("rate"), (ulong)ctx.get_data("seed")), null!, null!];

        internal static Tensor Drop(Tensor input, double rate, ulong seed)
        {
            using var source = input.contiguous();
            var output = empty_like(source);
            T* x = Lanes.Pointer<T>(source), y = Lanes.Pointer<T>(output);
            int count = checked((int)source.numel());
            uint threshold = (uint)Math.Round(rate * (1 << 16));
            T scale = T.One / T.CreateChecked(1 - rate);
            CpuLoop.Run((count + 3) / 4, 2L * count, (from, to) =>
            {
                for (int block = from; block < to; block++)
                {
                    ulong bits = RandomStream.Mix(seed + (ulong)block * 0x9E3779B97F4A7C15);       // four draws of 16 bits
                    for (int i = 4 * block; i < Math.Min(4 * block + 4, count); i++, bits >>= 16)
                        y[i] = (uint)(bits & 0xFFFF) < threshold ? T.Zero : x[i] * scale;
                }
            });
            return output;
        }
    }
}
