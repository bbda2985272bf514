using System.Numerics.Tensors;
using AutoGraph.Semantics.Encoding;
using CsCheck;
using MathNet.Numerics.LinearAlgebra;
using Microsoft.Extensions.AI;
using Xunit;

namespace AutoGraph.Managed.Tests.Encoders;

public class CorpusEncoderTests
{
    private static string[] Corpus(int count, int words, int length, int seed)
    {
        var random = new Random(seed);
        // Squared: frequent and rare words.
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', Enumerable.Range(0, length).Select(_ => $"w{(int)(words * Math.Pow(random.NextDouble(), 2))}")))];
    }

    private static Matrix<double> Dense(TermWeights terms, string[] corpus)
    {
        var matrix = Matrix<double>.Build.Dense(corpus.Length, terms.Terms.Length);
        foreach (var (row, text) in corpus.Index())
        {
            var (columns, weights) = terms.Weigh(text);
            foreach (var (column, weight) in columns.Zip(weights)) matrix[row, column] = weight;
        }
        return matrix;
    }

    [Fact]
    public void Weigh_SmallCorpus_MatchesHandComputation()
    {
        var terms = TermWeights.Fit(["Red apple, red sky", "green apple"], new() { RemoveStopWords = false });
        Assert.Equal(["apple", "green", "red", "sky"], terms.Terms);
        // idf: apple ln(3/3) + 1 = 1, the others ln(3/2) + 1.
        var rare = Math.Log(1.5) + 1;
        double apple = 1, red = (1 + Math.Log(2)) * rare, sky = rare, norm = Math.Sqrt(apple * apple + red * red + sky * sky);
        var (columns, weights) = terms.Weigh("Red apple, red sky, unheard-of");
        Assert.Equal([0, 2, 3], columns);
        foreach (var (expected, actual) in new[] { apple, red, sky }.Zip(weights)) Assert.Equal(expected / norm, actual, 1e-6);
    }

    [Fact]
    public void Words_MixedText_AreLowerCaseRunsWithoutFunctionWords()
    {
        Assert.Equal(["film", "1995", "naïve", "über", "x9"], Words.Of("The FILM (1995) is a naïve, über-x9!", removeStopWords: true));
        Assert.Equal(["the", "film"], Words.Of("the film", removeStopWords: false));
    }

    // Random words are the hardest case: their singular values hardly decay.
    [Theory]
    [InlineData(4, 0.02)]
    [InlineData(20, 0.001)]
    public void Right_AgainstExactSvd_ReconstructsNearlyAsWell(int powerIterations, double tolerance)
    {
        const int rank = 20;
        var corpus = Corpus(150, 400, 30, seed: 1);
        var terms = TermWeights.Fit(corpus, new());
        var dense = Dense(terms, corpus);
        var exact = dense.Svd();
        var (values, vectors) = RandomizedSvd.Right(new(terms.Terms.Length, [.. corpus.Select(terms.Weigh)]), rank, 10, powerIterations, seed: 0, default);

        for (var k = 0; k < rank; k++) Assert.Equal(exact.S[k], values[k], exact.S[0] * tolerance);
        Assert.Equal(0, (vectors.TransposeThisAndMultiply(vectors) - Matrix<double>.Build.DenseIdentity(rank)).FrobeniusNorm(), 1e-9);
        // Best possible error of this rank (Eckart–Young), from the exact values.
        var best = Math.Sqrt(exact.S.Skip(rank).Sum(s => s * s));
        var error = (dense - dense * vectors * vectors.Transpose()).FrobeniusNorm();
        Assert.InRange(error, best * (1 - 1e-9), best * (1 + tolerance));
    }

    [Fact]
    public void Right_AsWideAsTheMatrix_IsExact()
    {
        var corpus = Corpus(12, 60, 15, seed: 2);
        var terms = TermWeights.Fit(corpus, new());
        var (values, vectors) = RandomizedSvd.Right(new(terms.Terms.Length, [.. corpus.Select(terms.Weigh)]), 12, 10, 0, seed: 0, default);
        var exact = Dense(terms, corpus).Svd();
        for (var k = 0; k < 12; k++)
        {
            Assert.Equal(exact.S[k], values[k], 1e-9);
            Assert.Equal(1, Math.Abs(vectors.Column(k) * exact.VT.Row(k)), 1e-9);
        }
    }

    [Fact]
    public void Transpose_AnyMatrix_SwapsRowsAndColumns() =>
        Gen.Int[0, 1].Array2D[4, 7].Sample(cells =>
        {
            var rows = Enumerable.Range(0, 4).Select(r =>
            {
                int[] columns = [.. Enumerable.Range(0, 7).Where(c => cells[r, c] > 0)];
                return (columns, Array.ConvertAll(columns, c => (float)(10 * r + c)));
            });
            double[] identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
            var transposed = new SparseRows(7, [.. rows]).Transpose().Multiply(identity, 4);
            for (var r = 0; r < 4; r++)
                for (var c = 0; c < 7; c++)
                    Assert.Equal(cells[r, c] > 0 ? 10 * r + c : 0, transposed[c * 4 + r]);
        });

    [Fact]
    public void Encode_TwoTopics_AreFartherApartThanWithin()
    {
        string[] space = ["rocket orbit moon astronaut", "astronaut station orbit", "moon rocket launch", "launch station astronaut", "orbit launch moon"];
        string[] baking = ["flour butter oven bread", "bread yeast oven", "butter sugar flour", "yeast sugar oven", "bread flour sugar"];
        var encoder = CorpusEncoder.Fit([.. space, .. baking], new() { Dimensions = 2 });
        Assert.Equal(2, encoder.Dimension);
        // "rocket" and "station" never meet in a text, only through others.
        Assert.True(Cosine("rocket", "station") > 0.9);
        Assert.True(Math.Abs(Cosine("rocket moon", "bread butter")) < 0.1);

        float Cosine(string a, string b) => TensorPrimitives.Dot<float>(encoder.Encode(a), encoder.Encode(b));
    }

    [Fact]
    public async Task Encode_UnknownWords_GivesTheZeroVectorAndOthersLengthOne()
    {
        var encoder = CorpusEncoder.Fit(Corpus(30, 50, 10, seed: 3), new() { Dimensions = 8 });
        Assert.All(encoder.Encode("nothing heard of"), x => Assert.Equal(0, x));
        Assert.All(encoder.Encode(""), x => Assert.Equal(0, x));
        var vectors = await encoder.GenerateAsync(["w1 w2", "nothing heard of"]);
        Assert.Equal(1, TensorPrimitives.Norm(vectors[0].Vector.Span), 1e-6f);
        Assert.Equal(0, TensorPrimitives.Norm(vectors[1].Vector.Span));
        var metadata = encoder.GetService<EmbeddingGeneratorMetadata>()!;
        Assert.Equal((8, encoder.ModelId), (metadata.DefaultModelDimensions!.Value, metadata.DefaultModelId));
    }

    [Fact]
    public void Fit_MoreDimensionsThanRank_GivesTheRank()
    {
        // Three different texts, one of them the doubled mixture of nothing new: rank 2.
        var encoder = CorpusEncoder.Fit(["apple pear", "apple pear", "stone", "stone", ""], new() { Dimensions = 128 });
        Assert.Equal(2, encoder.Dimension);
        Assert.All(encoder.SingularValues, s => Assert.Equal(MathF.Sqrt(2), s, 1e-5f));
        Assert.Equal(1, MathF.Abs(TensorPrimitives.Dot<float>(encoder.Encode("apple"), encoder.Encode("pear"))), 1e-5f);
    }

    [Fact]
    public void Fit_SameSeed_GivesTheSameBits()
    {
        var corpus = Corpus(200, 300, 20, seed: 4);
        var one = CorpusEncoder.Fit(corpus, new() { Dimensions = 16 });
        Assert.Equal(one.ModelId, CorpusEncoder.Fit(corpus, new() { Dimensions = 16 }).ModelId); // a hash of everything it holds
        Assert.NotEqual(one.ModelId, CorpusEncoder.Fit(corpus, new() { Dimensions = 16, Seed = 1 }).ModelId);
    }

    [Fact]
    public void Fit_LargeCorpus_DropsWordsOfOneText()
    {
        string[] corpus = [.. Enumerable.Range(0, 100).Select(i => $"common once{i}")];
        Assert.Equal(1, CorpusEncoder.Fit(corpus).VocabularySize);
        Assert.Equal(100, CorpusEncoder.Fit(corpus[..99]).VocabularySize);
        Assert.Equal(101, CorpusEncoder.Fit(corpus, new() { MinDocumentFrequency = 1 }).VocabularySize);
        Assert.Equal(10, CorpusEncoder.Fit(corpus, new() { MinDocumentFrequency = 1, MaxVocabulary = 10 }).VocabularySize);
    }

    [Fact]
    public void Fit_WithoutWordsOrWithBadOptions_SaysWhy()
    {
        Assert.Contains("found none", Assert.Throws<ArgumentException>(() => CorpusEncoder.Fit(["", "the of a"])).Message, StringComparison.Ordinal);
        Assert.Contains("found none", Assert.Throws<ArgumentException>(() => CorpusEncoder.Fit([])).Message, StringComparison.Ordinal);
        var error = Assert.Throws<ArgumentException>(() => CorpusEncoder.Fit(["a"], new() { Dimensions = 0, Oversampling = -1 }));
        Assert.Contains("Dimensions", error.Message, StringComparison.Ordinal);
        Assert.Contains("Oversampling", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WriteRead_Encoder_IsIdentical()
    {
        var corpus = Corpus(50, 80, 12, seed: 5);
        var encoder = CorpusEncoder.Fit(corpus, new() { Dimensions = 9, RemoveStopWords = false });
        using var stream = new MemoryStream();
        encoder.Write(stream);
        stream.WriteByte(77); // what follows belongs to others
        stream.Position = 0;
        var read = CorpusEncoder.Read(stream);
        Assert.Equal(77, stream.ReadByte());
        Assert.Equal((encoder.ModelId, encoder.Dimension), (read.ModelId, read.Dimension));
        foreach (var text in corpus) Assert.Equal(encoder.Encode(text), read.Encode(text));
    }

    [Fact]
    public void Read_CutOffAnywhereOrForeign_IsRefused()
    {
        using var stream = new MemoryStream();
        CorpusEncoder.Fit(["apple pear", "pear stone"]).Write(stream);
        var bytes = stream.ToArray();
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => CorpusEncoder.Read(new MemoryStream(bytes[..length])));
        Assert.Throws<InvalidDataException>(() => CorpusEncoder.Read(new MemoryStream(new byte[100])));
        BitConverter.GetBytes(float.NaN).CopyTo(bytes, bytes.Length - 4);
        Assert.Contains("not finite", Assert.Throws<InvalidDataException>(() => CorpusEncoder.Read(new MemoryStream(bytes))).Message, StringComparison.Ordinal);
    }
}
