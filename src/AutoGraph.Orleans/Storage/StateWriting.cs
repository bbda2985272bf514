using System.Runtime.ExceptionServices;
using Orleans.Runtime;

namespace AutoGraph.Orleans.Storage;

/// <summary>Writes the state of grains.</summary>
internal static class StateWriting
{
    /// <summary>Puts another state in place and stores it; where that fails the old one is back, and the grain ends: only the storage knows which of them it has.</summary>
    /// <param name="state">The grain's state.</param>
    /// <param name="next">The state to store.</param>
    /// <param name="deactivate">The grain's <c>DeactivateOnIdle</c>.</param>
    internal static async Task WriteAsync<T>(this IPersistentState<T> state, T next, Action deactivate)
    {
        var before = state.State;
        state.State = next;
        try
        {
            await state.WriteAsync();
        }
        catch
        {
            state.State = before;
            deactivate();
            throw;
        }
    }

    /// <summary>Writes the state; a fault of the storage is an <see cref="IOException"/>, not what Orleans puts around it.</summary>
    internal static Task WriteAsync<T>(this IPersistentState<T> state) => PlainAsync(state.WriteStateAsync());

    /// <summary>Reads the state anew; a fault of the storage is an <see cref="IOException"/>.</summary>
    internal static Task ReadAsync<T>(this IPersistentState<T> state) => PlainAsync(state.ReadStateAsync());

    private static async Task PlainAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (OrleansException error) when (error.InnerException is IOException)
        {
            ExceptionDispatchInfo.Throw(error.InnerException);
        }
    }
}
