using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace AutoGraph.Torch.Tests.MlNet;

/// <summary>Answers every prompt, by a function where one is given and has an answer, and counts.</summary>
internal sealed class EchoChatClient(string? failOn = null, Func<string, string?>? answer = null) : IChatClient
{
    internal ConcurrentBag<string> Asked { get; } = [];

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        string prompt = messages.Single().Text;
        Asked.Add(prompt);
        if (failOn is not null && prompt.Contains(failOn, StringComparison.Ordinal)) throw new InvalidOperationException("no such model");
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, answer?.Invoke(prompt) ?? $"Known about {prompt}")) { FinishReason = ChatFinishReason.Stop });
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("fake", null, "echo-1") : null;

    public void Dispose() { }
}

/// <summary>Counts letters into a vector of a given width.</summary>
internal sealed class LetterEncoder(int dimension, bool named = true, string name = "letters") : IEmbeddingGenerator<string, Embedding<float>>
{
    private int _texts;

    internal int Texts => _texts;

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(Encode)));

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(EmbeddingGeneratorMetadata) && named ? new EmbeddingGeneratorMetadata("fake", null, $"{name}-{dimension}", dimension) : null;

    public void Dispose() { }

    private Embedding<float> Encode(string text)
    {
        Interlocked.Increment(ref _texts);
        var vector = new float[dimension];
        foreach (char letter in text) vector[letter % dimension]++;
        return new(vector);
    }
}
