using Microsoft.Extensions.VectorData;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Managed.Tests.Exports;

public sealed class VectorStoreTests
{
    private static readonly MLContext Context = new(seed: 1);

    [Fact]
    public async Task UpsertRepresentations_Rows_AreRecordsThatASearchFinds()
    {
        using var store = new MemoryCollection();
        var rows = Enumerable.Range(0, 7).Select(i => new Row { Id = $"i{i}", Vector = [i, 1], Codes = [i, 10 + i] });
        long sent = await store.UpsertRepresentationsAsync(Context.Data.LoadFromEnumerable(rows), batchSize: 3, TestContext.Current.CancellationToken);
        Assert.Equal(7, sent);
        Assert.Equal([3, 3, 1], store.Batches);
        Assert.Equal([2f, 1f], store.Records["i2"].Vector.ToArray());
        Assert.Equal([2, 12], store.Records["i2"].Codes);
        var best = new List<VectorSearchResult<RepresentationRecord>>();
        await foreach (var found in store.SearchAsync((ReadOnlyMemory<float>)new float[] { 1, -2 }, 2, cancellationToken: TestContext.Current.CancellationToken)) best.Add(found);
        Assert.Equal([("i6", 4.0), ("i5", 3.0)], best.Select(found => (found.Record.Id, found.Score!.Value)));

        await store.UpsertRepresentationsAsync(Context.Data.LoadFromEnumerable([new Row { Id = "i2", Vector = [9, 9] }]), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(7, store.Records.Count);
        Assert.Equal([9f, 9f], store.Records["i2"].Vector.ToArray());
    }

    [Fact]
    public async Task UpsertRepresentations_WithoutCodes_HaveNone()
    {
        using var store = new MemoryCollection();
        var view = Context.Data.LoadFromEnumerable([new Row { Id = "a", Vector = [1, 2] }]);
        await store.UpsertRepresentationsAsync(Context.Transforms.DropColumns("Codes").Fit(view).Transform(view), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(store.Records["a"].Codes);
    }

    [Fact]
    public async Task UpsertRepresentations_OtherColumns_SendsNothingAndSaysWhatIsExpected()
    {
        using var store = new MemoryCollection();
        var view = Context.Data.LoadFromEnumerable([new Row { Id = "a" }]);
        var other = Context.Transforms.CopyColumns("Vector", "Id").Fit(view).Transform(view);
        Assert.Contains("a vector of Single in column 'Vector', found String", (await Assert.ThrowsAsync<ArgumentException>(() => store.UpsertRepresentationsAsync(other, cancellationToken: TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        Assert.False(store.Exists);
    }

    [Fact]
    public async Task UpsertRepresentations_SeveralVectorsOfAUser_AllAreKept()
    {
        using var store = new MemoryCollection();
        var rows = Enumerable.Range(0, 6).Select(i => new Row { Id = $"u{i / 3}", Vector = [i, 1] });
        Assert.Equal(6, await store.UpsertRepresentationsAsync(Context.Data.LoadFromEnumerable(rows), batchSize: 2, TestContext.Current.CancellationToken));
        Assert.Equal(["u0", "u0#2", "u0#3", "u1", "u1#2", "u1#3"], store.Records.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([5f, 1f], store.Records["u1#3"].Vector.ToArray());
    }

    [Theory]
    [InlineData("a", "b", "a", "'a' in row 3")]
    [InlineData("a#2", "a", "a", "'a#2' in row 3")]
    public async Task UpsertRepresentations_IdsThatWouldOverwriteEachOther_SendsNothing(string first, string second, string third, string expected)
    {
        using var store = new MemoryCollection();
        var view = Context.Data.LoadFromEnumerable(((string[])[first, second, third]).Select(id => new Row { Id = id }));
        Assert.Contains(expected, (await Assert.ThrowsAsync<ArgumentException>(() => store.UpsertRepresentationsAsync(view, cancellationToken: TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        Assert.False(store.Exists);
    }

    [Fact]
    public void Definition_AnyDimension_NamesWhatTheRecordHas()
    {
        var definition = RepresentationRecord.Definition(32);
        var vector = Assert.Single(definition.Properties.OfType<VectorStoreVectorProperty>());
        Assert.Equal((32, DistanceFunction.DotProductSimilarity), (vector.Dimensions, vector.DistanceFunction));
        Assert.All(definition.Properties, property => Assert.Equal(property.Type, typeof(RepresentationRecord).GetProperty(property.Name)!.PropertyType));
    }

    private sealed class Row
    {
        public string Id { get; set; } = "";
        [VectorType(2)] public float[] Vector { get; set; } = [0, 0];
        public int[] Codes { get; set; } = [];
    }
}
