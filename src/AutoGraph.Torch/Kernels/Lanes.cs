using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>Memory and vector arithmetic on rows of float or double, the innermost loops of the CPU kernels.</summary>
internal static unsafe class Lanes
{
    /// <summary>The first element of a contiguous CPU tensor. The caller keeps the tensor alive while it uses the pointer.</summary>
    public static T* Pointer<T>(Tensor tensor) where T : unmanaged
    {
        if (!tensor.is_contiguous()) throw new ArgumentException("Expected a contiguous tensor.", nameof(tensor));
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
