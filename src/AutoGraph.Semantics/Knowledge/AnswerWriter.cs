using System.Threading.Channels;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>Commits the answers of many concurrent calls together: one flush to disk serves all that are waiting.</summary>
internal sealed class AnswerWriter : IAsyncDisposable
{
    private const int MaxBatch = 256;

    private readonly Channel<(KnowledgeRecord Record, TaskCompletionSource Stored)> _queue =
        Channel.CreateUnbounded<(KnowledgeRecord, TaskCompletionSource)>(new() { SingleReader = true });
    private readonly IKnowledgeStore _store;
    private readonly Task _loop;

    public AnswerWriter(IKnowledgeStore store)
    {
        _store = store;
        _loop = Task.Run(WriteAsync);
    }

    /// <summary>Completes when the answer is durable; fails as the store failed. The queue is as long as there are callers.</summary>
    public Task StoreAsync(KnowledgeRecord record)
    {
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _queue.Writer.TryWrite((record, stored)) ? stored.Task : throw new ObjectDisposedException(nameof(AnswerWriter));
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        List<(KnowledgeRecord Record, TaskCompletionSource Stored)> batch = [];
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var item)) batch.Add(item);
            try
            {
                _store.Add([.. batch.Select(b => b.Record)]);
                foreach (var (_, stored) in batch) stored.SetResult();
            }
            catch (Exception e) // whatever it is, it belongs to the callers who wait
            {
                foreach (var (_, stored) in batch) stored.TrySetException(e);
            }
            batch.Clear();
        }
    }
}
