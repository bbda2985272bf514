using Microsoft.Extensions.AI;

namespace AutoGraph.Orleans.Tests;

/// <summary>An encoder that counts letters, and that can be away.</summary>
internal sealed class LetterEncoder : IEmbeddingGenerator<string, Embedding<float>>
{
    internal const int Dimension = 12;
    private int _failures;

    /// <summary>How many of the next calls find it away.</summary>
    internal int Fails { get; set; }

    /// <summary>Calls that found it away.</summary>
    internal int Failures => _failures;

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (_failures < Fails && Interlocked.Increment(ref _failures) <= Fails) throw new HttpRequestException("the encoder is away");
        return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(text => new Embedding<float>(Count(text)))));
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() { }

    private static float[] Count(string text)
    {
        var counts = new float[Dimension];
        foreach (char letter in text) counts[letter % Dimension]++;
        return counts;
    }
}
