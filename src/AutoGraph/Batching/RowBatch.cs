using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>One cursor's working memory: reads input rows into slots, computes them together, serves them one by one.</summary>
/// <remarks>Used by one thread at a time, as cursors are.</remarks>
internal abstract class RowBatch : IDisposable
{
    /// <summary>The slot that getters serve.</summary>
    internal int Current { get; set; }

    /// <summary>The input stands on a row: keep what is needed of it in <paramref name="slot"/>.</summary>
    internal abstract void Read(int slot);

    /// <summary>Computes slots 0 to <paramref name="count"/> - 1.</summary>
    internal abstract void Run(int count);

    /// <summary>A <see cref="ValueGetter{T}"/> that serves <see cref="Current"/> of one output column.</summary>
    internal abstract Delegate Getter(int output);

    /// <inheritdoc/>
    public virtual void Dispose() { }
}
