using System.Threading.Channels;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>Puts the items of many concurrent callers to the store together: one flush to disk serves all that are waiting.</summary>
/// <remarks>Each caller waits for its own item, so that no more of them queue than there are callers, and a slow store slows the callers.</remarks>
internal sealed class GroupCommit<TItem, TResult> : IAsyncDisposable
{
    private const int MaxBatch = 256;

    private readonly Channel<(TItem Item, TaskCompletionSource<TResult> Done)> _queue =
        Channel.CreateUnbounded<(TItem, TaskCompletionSource<TResult>)>(new() { SingleReader = true });
    private readonly Func<IReadOnlyList<TItem>, IReadOnlyList<TResult>> _commit;
    private readonly Task _loop;

    /// <param name="commit">Items → one result for each; called by one thread at a time.</param>
    public GroupCommit(Func<IReadOnlyList<TItem>, IReadOnlyList<TResult>> commit)
    {
        _commit = commit;
        _loop = Task.Run(CommitAsync);
    }

    /// <summary>Completes when the item is committed; fails as the store failed.</summary>
    public Task<TResult> AddAsync(TItem item)
    {
        var done = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _queue.Writer.TryWrite((item, done)) ? done.Task : throw new ObjectDisposedException(nameof(GroupCommit<,>));
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    private async Task CommitAsync()
    {
        List<(TItem Item, TaskCompletionSource<TResult> Done)> batch = [];
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var next)) batch.Add(next);
            try
            {
                var results = _commit([.. batch.Select(b => b.Item)]);
                for (var i = 0; i < batch.Count; i++) batch[i].Done.SetResult(results[i]);
            }
            catch (Exception e) // whatever it is, it belongs to the callers who wait
            {
                foreach (var (_, done) in batch) done.TrySetException(e);
            }
            batch.Clear();
        }
    }
}
