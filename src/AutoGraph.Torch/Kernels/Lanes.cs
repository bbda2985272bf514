using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>Memory and vector arithmetic on rows of float or double, the innermost loops of the CPU kernels.</summary>
internal static unsafe class Lanes
{
    /// <summary>The first element of a contiguous CPU tensor. The caller keeps the tensor alive while it uses the pointer.</summary>
    public static T* Pointer<T>(Tensor tensor) where T : unmanaged
    {
        if (!tensor.is_contiguous()) throw new ArgumentException("Expected a contiguous tensor.", nameof(tensor));
        HostMemory.RequireSpan(tensor);
        return (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
    }

    /// <summary>Σ a·b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Dot<T>(T* a, T* b, int length) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        var sum = Vector<T>.Zero;
        for (; i <= length - Vector<T>.Count; i += Vector<T>.Count)
            sum += Vector.Load(a + i) * Vector.Load(b + i);
        T total = Vector.Sum(sum);
        for (; i < length; i++) total += a[i] * b[i];
        return total;
    }

    /// <summary>y += weight · x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled<T>(T* y, T weight, T* x, int length) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        var w = new Vector<T>(weight);
        for (; i <= length - Vector<T>.Count; i += Vector<T>.Count)
            (Vector.Load(y + i) + w * Vector.Load(x + i)).Store(y + i);
        for (; i < length; i++) y[i] += weight * x[i];
    }

    /// <summary>sum = Σ_i weights_i · x_(rows_i), in that order; the rows to come are fetched ahead, for they lie anywhere in memory.</summary>
    /// <param name="sum">[length], overwritten.</param>
    /// <param name="weights">Weight of each row.</param>
    /// <param name="rows">Rows of the table.</param>
    /// <param name="x">The first element that is read of the table's first row.</param>
    /// <param name="stride">Elements from one row of the table to the next.</param>
    /// <param name="length">Elements read of each row.</param>
    public static void WeightedRows<T>(T* sum, ReadOnlySpan<T> weights, ReadOnlySpan<int> rows, T* x, int stride, int length) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int c = 0;
        for (; c <= length - 2 * Vector<T>.Count; c += 2 * Vector<T>.Count)
        {
            Vector<T> low = Vector<T>.Zero, high = Vector<T>.Zero;
            for (int i = 0; i < rows.Length; i++)
            {
                if (i + Ahead < rows.Length) Fetch(x + (long)rows[i + Ahead] * stride + c);
                T* row = x + (long)rows[i] * stride + c;
                var weight = new Vector<T>(weights[i]);
                low += weight * Vector.Load(row);
                high += weight * Vector.Load(row + Vector<T>.Count);
            }
            low.Store(sum + c);
            high.Store(sum + c + Vector<T>.Count);
        }
        if (c == length) return;
        new Span<T>(sum + c, length - c).Clear();
        for (int i = 0; i < rows.Length; i++) AddScaled(sum + c, weights[i], x + (long)rows[i] * stride + c, length - c);
    }

    /// <summary>Rows that are fetched ahead of the one being read, where they lie anywhere in memory: enough to hide the latency of memory, few enough to stay in the first cache.</summary>
    public const int Ahead = 12;

    /// <summary>Asks for the cache line at a place that will be read soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(void* place)
    {
        if (Sse.IsSupported) Sse.Prefetch0(place);
    }

    /// <summary>Σ a · LeakyReLU(x + y).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T LeakyDot<T>(T* a, T* x, T* y, int length, T slope) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        var (sum, s) = (Vector<T>.Zero, new Vector<T>(slope));
        for (; i <= length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var z = Vector.Load(x + i) + Vector.Load(y + i);
            sum += Vector.Load(a + i) * Vector.Max(z, s * z);
        }
        T total = Vector.Sum(sum);
        for (; i < length; i++) total += a[i] * T.Max(x[i] + y[i], slope * (x[i] + y[i]));
        return total;
    }

    /// <summary>slopes += weight · LeakyReLU′(x + y); values += weight · LeakyReLU(x + y).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddLeaky<T>(T* slopes, T* values, T weight, T* x, T* y, int length, T slope) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        var (high, low) = (new Vector<T>(weight), new Vector<T>(weight * slope));
        for (; i <= length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var z = Vector.Load(x + i) + Vector.Load(y + i);
            var step = Vector.ConditionalSelect(Vector.LessThan(z, Vector<T>.Zero), low, high);
            (Vector.Load(slopes + i) + step).Store(slopes + i);
            (Vector.Load(values + i) + step * z).Store(values + i);
        }
        for (; i < length; i++)
        {
            T z = x[i] + y[i], step = z < T.Zero ? weight * slope : weight;
            slopes[i] += step;
            values[i] += step * z;
        }
    }

    /// <summary>target += weight · a ∘ LeakyReLU′(x + y).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddLeakySlope<T>(T* target, T weight, T* a, T* x, T* y, int length, T slope) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        var (high, low) = (new Vector<T>(weight), new Vector<T>(weight * slope));
        for (; i <= length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var z = Vector.Load(x + i) + Vector.Load(y + i);
            (Vector.Load(target + i) + Vector.ConditionalSelect(Vector.LessThan(z, Vector<T>.Zero), low, high) * Vector.Load(a + i)).Store(target + i);
        }
        for (; i < length; i++) target[i] += (x[i] + y[i] < T.Zero ? weight * slope : weight) * a[i];
    }

    /// <summary>Σ (a − b)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SquaredDistance<T>(T* a, T* b, int length) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int i = 0;
        var sum = Vector<T>.Zero;
        for (; i <= length - Vector<T>.Count; i += Vector<T>.Count)
        {
            var difference = Vector.Load(a + i) - Vector.Load(b + i);
            sum += difference * difference;
        }
        T total = Vector.Sum(sum);
        for (; i < length; i++) total += (a[i] - b[i]) * (a[i] - b[i]);
        return total;
    }
}
