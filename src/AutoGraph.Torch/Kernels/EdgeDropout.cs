using System.Numerics;
using System.Runtime.CompilerServices;
using AutoGraph.Core.Randomness;

namespace AutoGraph.Torch.Kernels;

/// <summary>Dropout on attention weights (Veličković et al. 2018, §3.3): after the softmax each is 0 with probability p, else divided by 1 − p.</summary>
/// <remarks>
/// What is dropped is a hash of seed, target, source and head: no mask is stored, any device drops the same, and one edge more or less changes
/// no draw of another (the guard against leakage needs that).
/// </remarks>
internal readonly struct EdgeDropout
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private readonly ulong _seed;
    private readonly ulong _threshold;      // of 2³²

    private EdgeDropout(double rate, ulong seed) => (_seed, _threshold, Scale) = (seed, (ulong)Math.Round(rate * (1L << 32)), 1 / (1 - rate));

    /// <summary>The dropout of one pass; the default value is none.</summary>
    /// <param name="rate">p, from 0 (nothing is drawn) to below 1.</param>
    /// <param name="random">Where the seed is drawn from.</param>
    public static EdgeDropout Draw(double rate, ref RandomStream random) => rate > 0 ? new(rate, random.NextBits()) : default;

    /// <summary>Whether anything can be dropped.</summary>
    public bool IsOn => _threshold > 0;

    /// <summary>1 / (1 − p); meant for <see cref="IsOn"/>.</summary>
    public double Scale { get; }

    /// <summary>Whether the weight of an edge in a head is dropped.</summary>
    public bool Drops(int target, int source, int head) =>
        RandomStream.Mix((_seed + (ulong)(uint)head * Golden) ^ (((ulong)(uint)target << 32) | (uint)source)) >> 32 < _threshold;

    /// <summary>Gives the weights that are dropped a minus sign, so that the backward pass knows both the weight and its fate.</summary>
    /// <param name="weights">Weights of one target's edges.</param>
    /// <param name="target">The target.</param>
    /// <param name="sources">Source of each edge.</param>
    /// <param name="head">The head.</param>
    public void Mark<T>(Span<T> weights, int target, ReadOnlySpan<int> sources, int head) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int e = 0; e < weights.Length; e++)
            if (Drops(target, sources[e], head)) weights[e] = -weights[e];
    }

    /// <summary>What passes of weights after <see cref="Mark"/>: 0 of those dropped, α / (1 − p) of the others.</summary>
    public void Pass<T>(Span<T> weights) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T scale = ScaleOf<T>();
        foreach (ref T weight in weights) weight = Passed(weight, scale);
    }

    /// <inheritdoc cref="Pass"/>
    /// <param name="weight">One weight.</param>
    /// <param name="scale">What <see cref="ScaleOf"/> gave.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Passed<T>(T weight, T scale) where T : unmanaged, IFloatingPointIeee754<T> => weight < T.Zero ? T.Zero : weight * scale;

    /// <summary>What weights that are kept are multiplied by: 1 where nothing is dropped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T ScaleOf<T>() where T : unmanaged, IFloatingPointIeee754<T> => IsOn ? T.CreateChecked(Scale) : T.One;
}
