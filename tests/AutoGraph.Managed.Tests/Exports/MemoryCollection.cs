using System.Linq.Expressions;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.VectorData;

namespace AutoGraph.Managed.Tests.Exports;

/// <summary>A collection of a vector store, in memory: dot product, exact.</summary>
internal sealed class MemoryCollection : VectorStoreCollection<string, RepresentationRecord>
{
    internal Dictionary<string, RepresentationRecord> Records { get; } = [];

    internal List<int> Batches { get; } = [];

    internal bool Exists { get; private set; }

    public override string Name => "memory";

    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) => Task.FromResult(Exists);

    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default)
    {
        Exists = true;
        return Task.CompletedTask;
    }

    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default)
    {
        Exists = false;
        Records.Clear();
        return Task.CompletedTask;
    }

    public override Task<RepresentationRecord?> GetAsync(string key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(Records.GetValueOrDefault(key));

    public override async IAsyncEnumerable<RepresentationRecord> GetAsync(Expression<Func<RepresentationRecord, bool>> filter, int top, FilteredRecordRetrievalOptions<RepresentationRecord>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var record in Records.Values.Where(filter.Compile()).Take(top)) yield return await Task.FromResult(record);
    }

    public override Task DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        Records.Remove(key);
        return Task.CompletedTask;
    }

    public override Task UpsertAsync(RepresentationRecord record, CancellationToken cancellationToken = default) => UpsertAsync([record], cancellationToken);

    public override async Task UpsertAsync(IEnumerable<RepresentationRecord> records, CancellationToken cancellationToken = default)
    {
        if (!Exists) throw new InvalidOperationException("no such collection");
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        int before = Batches.Sum();
        foreach (var record in records)
        {
            Records[record.Id] = record;
            before++;
        }
        Batches.Add(before - Batches.Sum());
    }

    public override async IAsyncEnumerable<VectorSearchResult<RepresentationRecord>> SearchAsync<TInput>(TInput searchValue, int top, VectorSearchOptions<RepresentationRecord>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var query = (ReadOnlyMemory<float>)(object)searchValue!;
        foreach (var record in Records.Values.OrderByDescending(Score).Take(top)) yield return await Task.FromResult(new VectorSearchResult<RepresentationRecord>(record, Score(record)));

        double Score(RepresentationRecord record) => TensorPrimitives.Dot(query.Span, record.Vector.Span);
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) => null;
}
