using Microsoft.Extensions.AI;

namespace AutoGraph.Orleans.Tests;

/// <summary>An encoder that counts letters, and that can be away.</summary>
internal sealed class LetterEncoder : IEmbeddingGenerator<string, Embedding<float>>
{
    internal const int Dimension = 12;
    private int _failures, _refusals;

    /// <summary>How many of the next calls find it away.</summary>
    internal int Fails { get; set; }

    /// <summary>Calls that found it away.</summary>
    internal int Failures => _failures;

    /// <summary>A text that it does not take.</summary>
    internal string? Refuses { get; set; }

    /// <summary>Calls with that text.</summary>
    internal int Refusals => _refusals;

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (_failures < Fails && Interlocked.Increment(ref _failures) <= Fails) throw new HttpRequestException("the encoder is away");
        if (values.Contains(Refuses))
        {
            Interlocked.Increment(ref _refusals);
            throw new ArgumentException("the encoder does not take this text");
        }
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
