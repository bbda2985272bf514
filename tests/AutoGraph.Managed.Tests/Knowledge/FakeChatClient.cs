using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Xunit;

namespace AutoGraph.Managed.Tests.Knowledge;

/// <summary>Answers by a function of the prompt and how often it was asked (1 for the first time), and counts.</summary>
internal sealed class FakeChatClient(Func<string, int, CancellationToken, Task<ChatResponse>> answer) : IChatClient
{
    private int _inFlight, _calls;

    public FakeChatClient(Func<string, int, ChatResponse> answer) : this((prompt, time, _) => Task.FromResult(answer(prompt, time)))
    {
    }

    public FakeChatClient() : this((prompt, _) => Say($"About {prompt}"))
    {
    }

    public ConcurrentDictionary<string, int> Asked { get; } = new(StringComparer.Ordinal);

    public ConcurrentBag<ChatOptions?> Options { get; } = [];

    public int Calls => _calls;

    public int MostInFlight { get; private set; }

    public string? Model { get; init; } = "fake-1";

    public static ChatResponse Say(string text, ChatFinishReason? finish = null) => new(new ChatMessage(ChatRole.Assistant, text))
    {
        FinishReason = finish ?? ChatFinishReason.Stop,
        Usage = new() { InputTokenCount = 10, OutputTokenCount = 3 },
    };

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var prompt = Assert.Single(messages).Text;
        Interlocked.Increment(ref _calls);
        Options.Add(options);
        var time = Asked.AddOrUpdate(prompt, 1, (_, n) => n + 1);
        lock (Asked) MostInFlight = Math.Max(MostInFlight, ++_inFlight);
        try
        {
            return await answer(prompt, time, cancellationToken);
        }
        finally
        {
            lock (Asked) _inFlight--;
        }
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("fake", null, Model) : null;

    public void Dispose()
    {
    }
}
