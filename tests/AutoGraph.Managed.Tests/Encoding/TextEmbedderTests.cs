using AutoGraph.Semantics.Encoding;
using AutoGraph.Semantics.Knowledge;
using Microsoft.Extensions.AI;
using Xunit;

namespace AutoGraph.Managed.Tests.Encoders;

public class TextEmbedderTests
{
    private sealed class FakeEncoder(Func<string, float[]> encode, string? model = "fake", int? dimension = null) : IEmbeddingGenerator<string, Embedding<float>>
    {
        public List<string[]> Batches { get; } = [];

        public bool LoseOne { get; init; }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            string[] texts = [.. values];
            Batches.Add(texts);
            return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(texts.Skip(LoseOne ? 1 : 0).Select(t => new Embedding<float>(encode(t)))));
        }

        public object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("test", null, model, dimension) : null;

        public void Dispose()
        {
        }
    }

    private static FakeEncoder Lengths() => new(text => [3 * text.Length, 4 * text.Length]);

    [Fact]
    public async Task EmbedAsync_EqualTexts_AreEncodedOnceAndNormalised()
    {
        var encoder = Lengths();
        var rows = await new TextEmbedder(encoder, null, new() { BatchSize = 2 }).EmbedAsync(["a", "bb", "a", "", "ccc"]);
        Assert.Equal([["a", "bb"], ["", "ccc"]], encoder.Batches);
        Assert.Equal(new float[,] { { 0.6f, 0.8f }, { 0.6f, 0.8f }, { 0.6f, 0.8f }, { 0, 0 }, { 0.6f, 0.8f } }, rows);
    }

    [Fact]
    public async Task EmbedAsync_WithStore_EncodesEachTextOnceEver()
    {
        using var store = new InMemoryKnowledgeStore();
        var encoder = Lengths();
        await new TextEmbedder(encoder, store).EmbedAsync(["a", "b"]);
        var rows = await new TextEmbedder(encoder, store).EmbedAsync(["b", "c"]);
        Assert.Equal([["a", "b"], ["c"]], encoder.Batches);
        Assert.Equal(0.8f, rows[0, 1]);

        var other = new FakeEncoder(_ => [1], "other");
        Assert.Equal(new float[,] { { 1 } }, await new TextEmbedder(other, store).EmbedAsync(["a"]));
    }

    [Fact]
    public async Task EmbedAsync_HugeAndTinyValues_KeepTheirDirection()
    {
        var embedder = new TextEmbedder(new FakeEncoder(text => text == "huge" ? [3e38f, 3e38f] : [-1e-40f, 0]));
        var rows = await embedder.EmbedAsync(["huge", "tiny"]);
        Assert.Equal(MathF.Sqrt(0.5f), rows[0, 0], 1e-6f);
        Assert.Equal(-1, rows[1, 0], 1e-6f);
    }

    [Fact]
    public async Task EmbedAsync_NoTexts_HasTheAnnouncedWidth()
    {
        var rows = await new TextEmbedder(new FakeEncoder(_ => [1], dimension: 7)).EmbedAsync([]);
        Assert.Equal((0, 7), (rows.GetLength(0), rows.GetLength(1)));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public async Task EmbedAsync_NotFinite_NamesTheTextAndStoresNothing(float value)
    {
        using var store = new InMemoryKnowledgeStore();
        var embedder = new TextEmbedder(new FakeEncoder(text => [text == "bad" ? value : 1]), store);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => embedder.EmbedAsync(["bad"]));
        Assert.Contains("'bad'", error.Message, StringComparison.Ordinal);
        Assert.Null(store.FindEmbedding(embedder.EncoderId, KnowledgeSource.Hash("bad")));
    }

    [Fact]
    public async Task EmbedAsync_DimensionsThatDiffer_AreAnError()
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => new TextEmbedder(new FakeEncoder(t => new float[t.Length])).EmbedAsync(["aa", "bbb"]));
        Assert.Contains("Expected 2 dimensions", error.Message, StringComparison.Ordinal);
        Assert.Contains("found 3", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidDataException>(() => new TextEmbedder(new FakeEncoder(_ => [1], dimension: 2)).EmbedAsync(["a"]));
        var lost = await Assert.ThrowsAsync<InvalidDataException>(() => new TextEmbedder(new FakeEncoder(_ => [1]) { LoseOne = true }).EmbedAsync(["a", "b"]));
        Assert.Contains("Expected 2 vectors", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EmbedAsync_StoreWithVectorsOfAnotherDimension_KeepsBoth()
    {
        using var store = new InMemoryKnowledgeStore();
        FakeEncoder longer = new(_ => [0, 0, 1], dimension: 3), shorter = new(_ => [0, 1], dimension: 2);
        await new TextEmbedder(longer, store).EmbedAsync(["a", "b"]);
        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(new float[,] { { 0, 1 }, { 0, 1 } }, await new TextEmbedder(shorter, store).EmbedAsync(["b", "c"]));
            Assert.Equal(new float[,] { { 0, 0, 1 }, { 0, 0, 1 }, { 0, 0, 1 } }, await new TextEmbedder(longer, store).EmbedAsync(["a", "b", "c"]));
        }
        Assert.Equal([["b", "c"]], shorter.Batches);
        Assert.Equal([["a", "b"], ["c"]], longer.Batches);
    }

    [Fact]
    public async Task EmbedAsync_StoreWithVectorsOfAnotherDimensionAndNoneAnnounced_NamesTheStoreAndAWayOut()
    {
        var folder = Directory.CreateTempSubdirectory("embedder-").FullName;
        try
        {
            using var store = new SqliteKnowledgeStore(Path.Combine(folder, "k.db"));
            await new TextEmbedder(new FakeEncoder(_ => [0, 0, 1]), store).EmbedAsync(["a"]);
            var error = await Assert.ThrowsAsync<InvalidDataException>(() => new TextEmbedder(new FakeEncoder(_ => [0, 1]), store).EmbedAsync(["a", "b"]));
            foreach (var part in (string[])["Expected 3 dimensions", "found 2", store.Path, "TextEmbedderOptions.EncoderId"]) Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Constructor_StoreWithoutEncoderId_AsksForOne()
    {
        using var store = new InMemoryKnowledgeStore();
        var error = Assert.Throws<ArgumentException>(() => new TextEmbedder(new FakeEncoder(_ => [1], model: null), store));
        Assert.Contains("TextEmbedderOptions.EncoderId", error.Message, StringComparison.Ordinal);
        Assert.Equal("mine", new TextEmbedder(new FakeEncoder(_ => [1], model: null), store, new() { EncoderId = "mine" }).EncoderId);
    }
}
