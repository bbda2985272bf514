using System.Security.Cryptography;
using AutoGraph.Onnx;
using Microsoft.Extensions.AI;
using Xunit;

namespace AutoGraph.Managed.Tests.Encoders;

public class OnnxTextEncoderTests
{
    [Theory]
    [InlineData(null, 0.6, 0.8)]              // mean of (3,0), (0,4): (1.5, 2) / 2.5
    [InlineData(TokenPooling.Mean, 0.6, 0.8)]
    [InlineData(TokenPooling.Cls, 1.0, 0.0)]
    [InlineData(TokenPooling.Last, 0.0, 1.0)]
    public async Task GenerateAsync_TokenVectors_ArePooledOverRealTokensOnly(TokenPooling? pooling, double x, double y)
    {
        using var files = TinyEncoder.Create(tokenTypes: true);
        using var encoder = OnnxTextEncoder.Load(files.Folder, new() { Pooling = pooling });
        // The second, longer text makes the first one padded: id 0 has the vector (9, 9), which must not leak in.
        var vectors = await Encode(encoder, "a b", "c c c c c");
        Near([(float)x, (float)y], vectors[0]);
        Near([MathF.Sqrt(0.5f), MathF.Sqrt(0.5f)], vectors[1]);
    }

    [Fact]
    public async Task GenerateAsync_LongText_IsTheMeanOfItsChunksByTokens()
    {
        using var files = TinyEncoder.Create();
        using var encoder = OnnxTextEncoder.Load(files.Folder, new() { MaxTokens = 4, Pooling = TokenPooling.Cls });
        // Sentences "a a." (3 tokens) and "b." (2) do not fit one window of 4. Cls: (3,0)·3 + (0,4)·2 = (9, 8).
        Assert.Equal([[1, 1, 4], [2, 4]], encoder.Chunk("a a. b."));
        var norm = MathF.Sqrt(81 + 64);
        Near([9 / norm, 8 / norm], (await Encode(encoder, "a a. b."))[0]);
    }

    [Fact]
    public async Task GenerateAsync_ChunkingOff_CutsAtTheWindow()
    {
        using var files = TinyEncoder.Create();
        using var encoder = OnnxTextEncoder.Load(files.Folder, new() { MaxTokens = 2, Chunking = false });
        Near([1, 0], (await Encode(encoder, "a a b b b b"))[0]);
    }

    [Fact]
    public async Task GenerateAsync_NoTokens_GivesTheZeroVector()
    {
        using var files = TinyEncoder.Create();
        using var encoder = OnnxTextEncoder.Load(files.Folder);
        var vectors = await Encode(encoder, "", " \n\t ", "a");
        Assert.Equal([0, 0], vectors[0]);
        Assert.Equal([0, 0], vectors[1]);
        Near([1, 0], vectors[2]);
        Assert.Empty(await Encode(encoder));
    }

    [Fact]
    public void Tokenize_UnknownCharactersAndLineBreaks_MatchTheOriginalLibrary()
    {
        using var files = TinyEncoder.Create();
        using var encoder = OnnxTextEncoder.Load(files.Folder);
        Assert.Equal([1, 2], encoder.Vocabulary.Encode("a\n\tb"));
        // Three unknown characters in a row are one <unk>.
        Assert.Equal([1, 0, 2], encoder.Vocabulary.Encode("axyz b"));
    }

    [Fact]
    public async Task GenerateAsync_ModelWithoutMask_NeverPads()
    {
        using var files = TinyEncoder.CreateUnmasked();
        using var encoder = OnnxTextEncoder.Load(files.Folder);
        // Padding has the vector (9, 9), which the mean over all positions would take in.
        var vectors = await Encode(encoder, "a b", "c c c c c", "b a", "a");
        Near([0.6f, 0.8f], vectors[0]);
        Near([MathF.Sqrt(0.5f), MathF.Sqrt(0.5f)], vectors[1]);
        Near([0.6f, 0.8f], vectors[2]);
        Near([1, 0], vectors[3]);
    }

    [Fact]
    public async Task GenerateAsync_NaN_IsAnError()
    {
        using var files = TinyEncoder.Create(finite: false);
        using var encoder = OnnxTextEncoder.Load(files.Folder);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Encode(encoder, "a."));
        Assert.Contains("finite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateAsync_BadArguments_AreNamed()
    {
        using var files = TinyEncoder.Create();
        using var encoder = OnnxTextEncoder.Load(files.Folder);
        Assert.Contains("position 1", (await Assert.ThrowsAsync<ArgumentException>(() => Encode(encoder, "a", null!))).Message, StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => encoder.GenerateAsync(["a"], new() { Dimensions = 7 }));
        Assert.Contains("Expected 2 dimensions", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => encoder.GenerateAsync(["a"], cancellationToken: new(canceled: true)));
    }

    [Fact]
    public void GetService_Metadata_IdentifiesModelTokenizerAndSettings()
    {
        using var files = TinyEncoder.Create();
        using var encoder = OnnxTextEncoder.Load(files.Folder);
        using var cut = OnnxTextEncoder.Load(files.Folder, new() { Chunking = false, MaxTokens = 9, Pooling = TokenPooling.Last });
        using var otherFiles = TinyEncoder.Create(tokenTypes: true);
        using var other = OnnxTextEncoder.Load(otherFiles.Folder);

        var metadata = encoder.GetService<EmbeddingGeneratorMetadata>()!;
        Assert.Equal((2, encoder.ModelId), (metadata.DefaultModelDimensions!.Value, metadata.DefaultModelId));
        Assert.Matches("^tiny@[0-9a-f]{12}\\.[0-9a-f]{8}$", encoder.ModelId);
        Assert.Equal(encoder.ModelId + "+tokens=9+cut+Last", cut.ModelId);
        Assert.NotEqual(encoder.ModelId, other.ModelId);
        Assert.Same(encoder, encoder.GetService<OnnxTextEncoder>());
        Assert.Null(encoder.GetService<IChatClient>());
    }

    [Fact]
    public async Task ModelId_WeightsInAFileOfTheirOwn_CountAndTheOthersKeepTheirId()
    {
        using var inside = TinyEncoder.Create();
        using var one = TinyEncoder.CreateExternal(TinyEncoder.Table);
        using var same = TinyEncoder.CreateExternal(TinyEncoder.Table);
        using var tuned = TinyEncoder.CreateExternal([.. TinyEncoder.Table[..2], 0, 3, .. TinyEncoder.Table[4..]]);
        Assert.Equal(File.ReadAllBytes(Path.Combine(one.Folder, "tiny.onnx")), File.ReadAllBytes(Path.Combine(tuned.Folder, "tiny.onnx")));
        using var encoder = OnnxTextEncoder.Load(one.Folder);
        using var again = OnnxTextEncoder.Load(same.Folder);
        using var other = OnnxTextEncoder.Load(tuned.Folder);
        using var plain = OnnxTextEncoder.Load(inside.Folder);
        Near([0, 1], (await Encode(other, "a"))[0]);
        Assert.Equal(encoder.ModelId, again.ModelId);
        Assert.NotEqual(encoder.ModelId, other.ModelId);
        Assert.Matches("^tiny@[0-9a-f]{12}\\.[0-9a-f]{8}$", other.ModelId);

        // vectors outlive releases
        string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(inside.Folder, file))));
        Assert.Equal($"tiny@{Hash("tiny.onnx")[..12]}.{Hash("tiny.spm.model")[..8]}", plain.ModelId);
    }

    [Fact]
    public void ModelId_SettingsBesideTheTokenizer_CountWhereItsFileDoesNotImplyThem()
    {
        using var files = TinyEncoder.Create();
        string plain = Id(files);
        files.Write("tokenizer_config.json", """{"add_bos_token": true, "do_lower_case": true}"""u8.ToArray());
        Assert.Equal(plain + "+bos", Id(files));
        using var bert = TinyEncoder.CreateBert();
        string uncased = Id(bert);
        bert.Write("tokenizer_config.json", """{"do_lower_case": true, "tokenize_chinese_chars": true, "strip_accents": null}"""u8.ToArray());
        Assert.Equal(uncased, Id(bert));
        bert.Write("tokenizer_config.json", """{"do_lower_case": false, "tokenize_chinese_chars": false, "strip_accents": true}"""u8.ToArray());
        Assert.Equal(uncased + "+cased+strip+whole", Id(bert));

        static string Id(TinyEncoder files)
        {
            using var encoder = OnnxTextEncoder.Load(files.Folder);
            return encoder.ModelId;
        }
    }

    [Fact]
    public async Task Dispose_WhileItRuns_WaitsAndRefusesLaterCalls()
    {
        using var files = TinyEncoder.Create();
        var encoder = OnnxTextEncoder.Load(files.Folder, new() { BatchSize = 1 });
        string[] texts = [.. Enumerable.Repeat("a b c a b c. a b.", 500)];
        var calls = Enumerable.Range(0, 4).Select(_ => encoder.GenerateAsync(texts)).ToArray();
        await Task.Yield();
        encoder.Dispose();
        foreach (var call in calls)
        {
            // before it began, or to the end
            if (await Record.ExceptionAsync(() => call) is { } error) Assert.IsType<ObjectDisposedException>(error);
            else Assert.Equal(500, (await call).Count);
        }
        Assert.Equal(typeof(OnnxTextEncoder).FullName, (await Assert.ThrowsAsync<ObjectDisposedException>(() => encoder.GenerateAsync(["a"]))).ObjectName);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => encoder.GenerateAsync([]));
        encoder.Dispose();
    }

    private static async Task<float[][]> Encode(OnnxTextEncoder encoder, params string[] texts) =>
        [.. (await encoder.GenerateAsync(texts)).Select(e => e.Vector.ToArray())];

    private static void Near(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var d = 0; d < expected.Length; d++) Assert.Equal(expected[d], actual[d], 1e-6f);
    }
}
