using System.Threading.Channels;
using Polly;
using Polly.Retry;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>Puts the items of many concurrent callers to the store together: one flush to disk serves all that are waiting.</summary>
/// <remarks>
/// Each caller waits for its own item, so that no more of them queue than there are callers, and a slow store slows the callers. A store that fails is tried
/// again for some seconds.
/// </remarks>
internal sealed class GroupCommit<TItem, TResult> : IAsyncDisposable
{
    private const int MaxBatch = 256;

    private readonly Channel<(TItem Item, TaskCompletionSource<TResult> Done)> _queue =
        Channel.CreateUnbounded<(TItem, TaskCompletionSource<TResult>)>(new() { SingleReader = true });
    private readonly Func<IReadOnlyList<TItem>, IReadOnlyList<TResult>> _commit;
    private readonly ResiliencePipeline _repeat;
    private readonly Task _loop;

    /// <param name="commit">Items → one result for each; called by one thread at a time.</param>
    /// <param name="time">Clock of the waits between tries.</param>
    public GroupCommit(Func<IReadOnlyList<TItem>, IReadOnlyList<TResult>> commit, TimeProvider time)
    {
        _commit = commit;
        _repeat = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(new RetryStrategyOptions
        {
            // A disk that is full or away for a moment; what waits here is paid for.
            ShouldHandle = new PredicateBuilder().Handle<IOException>(),
            MaxRetryAttempts = 4,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(200),
        }).Build();
        _loop = Task.Run(CommitAsync);
    }

    /// <summary>Completes when the item is committed; fails as the store failed, in the end.</summary>
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
            await CommitAsync(batch).ConfigureAwait(false);
            batch.Clear();
        }
    }

    private async Task CommitAsync(List<(TItem Item, TaskCompletionSource<TResult> Done)> batch)
    {
        try
        {
            var results = await _repeat.ExecuteAsync(_ => ValueTask.FromResult(_commit([.. batch.Select(b => b.Item)]))).ConfigureAwait(false);
            for (var i = 0; i < batch.Count; i++) batch[i].Done.TrySetResult(results[i]);
        }
        catch (Exception e) when (batch.Count > 1 && e is not IOException)
        {
            // The store takes one of them amiss; the others are not lost with it.
            foreach (var one in batch) await CommitAsync([one]).ConfigureAwait(false);
        }
        catch (Exception e) // whatever it is, it belongs to the callers who wait
        {
            foreach (var (_, done) in batch) done.TrySetException(e);
        }
    }
}
