using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace AutoGraph.Orleans.Tests;

/// <summary>The one endpoint that the silos of a cluster ask: counts what it is asked and how many at a time, and answers a prompt with itself.</summary>
internal sealed class SharedEndpoint
{
    private static readonly ConcurrentDictionary<string, SharedEndpoint> Clusters = new();
    private readonly Lock _gate = new();
    private int _now;

    internal static SharedEndpoint Of(string cluster) => Clusters.GetOrAdd(cluster, _ => new());

    /// <summary>Prompts in the order in which they came.</summary>
    internal ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Silos that asked.</summary>
    internal ConcurrentDictionary<object, bool> Clients { get; } = new();

    internal int MostAtATime { get; private set; }

    internal async Task<ChatResponse> AnswerAsync(object client, string prompt, CancellationToken cancellationToken)
    {
        Asked.Enqueue(prompt);
        Clients[client] = true;
        lock (_gate) MostAtATime = Math.Max(MostAtATime, ++_now);
        try
        {
            await Task.Delay(20, cancellationToken);        // long enough that calls overlap where they may
        }
        finally
        {
            lock (_gate) _now--;
        }
        return new(new ChatMessage(ChatRole.Assistant, "about " + prompt)) { Usage = new() { InputTokenCount = 10, OutputTokenCount = 10 } };
    }

    internal sealed class Client(SharedEndpoint endpoint) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => endpoint.AnswerAsync(this, messages.Single().Text, cancellationToken);

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose() { }
    }
}
