using System.Numerics.Tensors;
using System.Text.Json;
using AutoGraph.Onnx;
using Microsoft.Extensions.AI;
using Xunit;

namespace AutoGraph.Managed.Tests.Encoders;

/// <summary>The Universal Sentence Encoder Lite against its original's ids and vectors.</summary>
public class UseLiteTests
{
    private sealed record Reference(string Text, int[] Ids, float[]? Emb);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private const string Long =
        "A retired detective returns to the harbour town of her childhood. She finds the lighthouse abandoned, the fishing fleet sold, and an old " +
        "friend accused of arson. The film moves slowly, through fog and long silences, and it trusts its actors with glances rather than speeches. " +
        "Its theme is loyalty: what we owe to those who once stood by us, and how long that debt lasts. Critics praised the photography, the score " +
        "for cello and the ending, which refuses to say who lit the match. Viewers who like patient mysteries, coastal settings and moral doubt will " +
        "feel at home here. Those who want chases, explosions or a tidy solution should look elsewhere. The director's earlier work, two documentaries " +
        "about shipyards, shows in every frame of the dock scenes, and the dialogue keeps the dialect of the region without making a joke of it.";

    [Fact]
    public async Task GenerateAsync_ReferenceTexts_MatchTheOriginal()
    {
        var folder = SharedFiles.Require("models/use-lite");
        var references = JsonSerializer.Deserialize<Reference[]>(File.ReadAllText(Path.Combine(folder, "reference_embeddings.json")), Json)!;
        // One reference has 560 tokens, and the original has no chunks: it cuts at 128.
        using var encoder = OnnxTextEncoder.Load(folder, new() { Chunking = false });
        var embeddings = await encoder.GenerateAsync(references.Select(r => r.Text));

        Assert.Equal(25, references.Length);
        Assert.Equal(512, encoder.Dimension);
        int compared = 0;
        foreach (var (reference, embedding) in references.Zip(embeddings))
        {
            Assert.Equal(reference.Ids, ((SentencePieceVocabulary)encoder.Vocabulary).EncodeExactly(reference.Text));
            if (reference.Text.AsSpan().ContainsAny('\n', '\t')) continue; // two <unk> in the original, spaces here
            Assert.Equal(reference.Ids, encoder.Vocabulary.Encode(reference.Text));
            compared++;
            if (reference.Ids.Length == 0)
            {
                Assert.Null(reference.Emb); // the original has no answer to an empty text
                Assert.All(embedding.Vector.ToArray(), x => Assert.Equal(0, x));
                continue;
            }
            Assert.Equal(0, MaxDifference(reference.Emb, embedding.Vector), 1e-3f);
            Assert.True(TensorPrimitives.CosineSimilarity(reference.Emb, embedding.Vector.Span) > 0.99999f, reference.Text);
        }
        Assert.Equal(24, compared);
    }

    [Fact]
    public async Task GenerateAsync_LongText_EqualsTheWeightedMeanOfItsChunksEncodedAlone()
    {
        using var encoder = OnnxTextEncoder.Load(SharedFiles.Require("models/use-lite"));
        var sentences = Long.Split(". ").Select(s => s.EndsWith('.') ? s : s + ".").ToArray();
        var sizes = sentences.Select(s => encoder.Vocabulary.Encode(s).Length).ToArray();
        // Greedy by hand: sentences as long as they fit 128 tokens.
        List<(string Text, int Tokens)> chunks = [];
        foreach (var (sentence, size) in sentences.Zip(sizes))
            if (chunks.Count > 0 && chunks[^1].Tokens + size <= 128) chunks[^1] = ($"{chunks[^1].Text} {sentence}", chunks[^1].Tokens + size);
            else chunks.Add((sentence, size));
        Assert.Equal(2, chunks.Count);

        var expected = new float[512];
        foreach (var (text, tokens) in chunks)
            TensorPrimitives.MultiplyAdd((await encoder.GenerateVectorAsync(text)).Span, tokens, expected, expected);
        TensorPrimitives.Divide(expected, TensorPrimitives.Norm(expected), expected);

        Assert.Equal(chunks.Select(c => c.Tokens), encoder.Chunk(Long).Select(c => c.Length));
        Assert.Equal(0, MaxDifference(expected, (await encoder.GenerateVectorAsync(Long))), 1e-5f);
        foreach (var (one, other) in chunks.Zip(encoder.Chunk(Long))) Assert.Equal(encoder.Vocabulary.Encode(one.Text), other);
    }

    [Fact]
    public async Task GenerateAsync_AnyBatchSizeAndThread_GivesTheSameVectors()
    {
        var folder = SharedFiles.Require("models/use-lite");
        string[] texts = [Long, "", "Heat (1995)", Long[..300], "A heist goes wrong.", "ボルジア", Long[100..], "x"];
        using var single = OnnxTextEncoder.Load(folder, new() { BatchSize = 1 });
        using var batched = OnnxTextEncoder.Load(folder, new() { BatchSize = 5 });
        var expected = await single.GenerateAsync(texts);
        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => batched.GenerateAsync(texts)));
        foreach (var run in runs)
            foreach (var (one, other) in expected.Zip(run))
                Assert.Equal(0, MaxDifference(one.Vector, other.Vector), 1e-5f);
    }

    private static float MaxDifference(ReadOnlyMemory<float> x, ReadOnlyMemory<float> y)
    {
        var difference = new float[x.Length];
        TensorPrimitives.Subtract(x.Span, y.Span, difference);
        return MathF.Abs(TensorPrimitives.MaxMagnitude<float>(difference));
    }
}
