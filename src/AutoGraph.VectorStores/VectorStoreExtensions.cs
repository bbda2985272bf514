using Microsoft.Extensions.VectorData;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Sends representations to vector stores.</summary>
public static class VectorStoreExtensions
{
    /// <summary>Makes the collection where it is not there, and adds or replaces one record per row.</summary>
    /// <param name="collection">A collection made with <see cref="RepresentationRecord.Definition"/>.</param>
    /// <param name="representations">
    /// Columns Id (text), Vector (a vector of <see cref="float"/>) and, where there are codes, Codes (a vector of <see cref="int"/>), as those of an engine's
    /// <c>ItemRepresentations()</c>. Ids that are in the store and not here stay: delete removed ones by <c>DeleteAsync</c>. Of several vectors of a user, in
    /// rows beside each other (<c>UserRepresentations()</c> of MIND), the first has the id as its key and the others <c>id#2</c>, <c>id#3</c>, …
    /// </param>
    /// <param name="batchSize">Records per call of the store, at least 1. Default 500.</param>
    /// <param name="cancellationToken">Stops between two calls; the records sent so far stay.</param>
    /// <returns>Number of records sent.</returns>
    /// <exception cref="ArgumentException">A column is missing or of another type, or an id comes again in rows that are not beside each other; nothing was sent.</exception>
    public static async Task<long> UpsertRepresentationsAsync(this VectorStoreCollection<string, RepresentationRecord> collection, IDataView representations, int batchSize = 500, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(collection);
        ArgumentNullException.ThrowIfNull(representations);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var schema = representations.Schema;
        var id = Require(schema, nameof(RepresentationRecord.Id), type => type is TextDataViewType, "text");
        var vector = Require(schema, nameof(RepresentationRecord.Vector), type => IsVectorOf<float>(type), "a vector of Single");
        DataViewSchema.Column? codes = schema.GetColumnOrNull(nameof(RepresentationRecord.Codes)) is null ? null
            : Require(schema, nameof(RepresentationRecord.Codes), type => IsVectorOf<int>(type), "a vector of Int32");

        RequireDistinct(representations, id);
        await collection.EnsureCollectionExistsAsync(cancellationToken).ConfigureAwait(false);
        long sent = 0;
        var batch = new List<RepresentationRecord>(batchSize);
        using var cursor = representations.GetRowCursor(codes is { } there ? [id, vector, there] : [id, vector]);
        var read = Reader(cursor, id, vector, codes);
        var keys = new RecordKeys();
        while (cursor.MoveNext())
        {
            var record = read();
            record.Id = keys.Next(record.Id);
            batch.Add(record);
            if (batch.Count == batchSize) await SendAsync().ConfigureAwait(false);
        }
        if (batch.Count > 0) await SendAsync().ConfigureAwait(false);
        return sent;

        async Task SendAsync()
        {
            await collection.UpsertAsync(batch, cancellationToken).ConfigureAwait(false);
            sent += batch.Count;
            batch = new(batchSize);         // the store may keep what it was given
        }
    }

    // a record that overwrites another one would be lost without a word
    private static void RequireDistinct(IDataView representations, DataViewSchema.Column id)
    {
        var (keys, seen) = (new RecordKeys(), new HashSet<string>(StringComparer.Ordinal));
        using var cursor = representations.GetRowCursor([id]);
        var (get, text) = (cursor.GetGetter<ReadOnlyMemory<char>>(id), default(ReadOnlyMemory<char>));
        while (cursor.MoveNext())
        {
            get(ref text);
            var key = keys.Next(text.ToString());
            if (!seen.Add(key))
                throw new ArgumentException($"Expected an id of its own in each row, or the vectors of one user in rows beside each other, found a second record '{key}' in row {cursor.Position + 1}. Drop one of them, or rename it.", nameof(representations));
        }
    }

    private static Func<RepresentationRecord> Reader(DataViewRow row, DataViewSchema.Column id, DataViewSchema.Column vector, DataViewSchema.Column? codes)
    {
        var (getId, getVector, getCodes) = (row.GetGetter<ReadOnlyMemory<char>>(id), row.GetGetter<VBuffer<float>>(vector), codes is { } there ? row.GetGetter<VBuffer<int>>(there) : null);
        var (text, values, numbers) = (default(ReadOnlyMemory<char>), default(VBuffer<float>), default(VBuffer<int>));
        return () =>
        {
            getId(ref text);
            getVector(ref values);
            getCodes?.Invoke(ref numbers);
            return new() { Id = text.ToString(), Vector = values.DenseValues().ToArray(), Codes = [.. numbers.DenseValues()] };
        };
    }

    private static bool IsVectorOf<T>(DataViewType type) => type is VectorDataViewType vector && vector.ItemType.RawType == typeof(T);

    private static DataViewSchema.Column Require(DataViewSchema schema, string name, Func<DataViewType, bool> serves, string expected) =>
        schema.GetColumnOrNull(name) is { } column && serves(column.Type) ? column
        : throw new ArgumentException($"Expected {expected} in column '{name}', found {(schema.GetColumnOrNull(name) is { } other ? other.Type.ToString() : $"only {string.Join(", ", schema.Select(c => c.Name))}")}. Give what an engine's ItemRepresentations() or UserRepresentations() returns.");
}
