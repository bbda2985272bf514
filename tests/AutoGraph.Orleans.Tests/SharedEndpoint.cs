using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace AutoGraph.Orleans.Tests;

/// <summary>The one endpoint that the silos of a cluster ask: counts what it is asked and how many at a time, and answers a prompt with itself.</summary>
internal sealed class SharedEndpoint
{
    private static readonly ConcurrentDictionary<string, SharedEndpoint> Clusters = new();
    private readonly Lock _gate = new();
    private int _now, _refusals;

    internal static SharedEndpoint Of(string cluster) => Clusters.GetOrAdd(cluster, _ => new());

    /// <summary>Prompts in the order in which they came.</summary>
    internal ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Silos that asked.</summary>
    internal ConcurrentDictionary<object, bool> Clients { get; } = new();

    internal int MostAtATime { get; private set; }

    /// <summary>How long the first call is told to wait; null: it is answered.</summary>
    internal TimeSpan? Refuses { get; set; }

    /// <summary>What the endpoint asks to wait.</summary>
    internal static TimeSpan? WaitOf(Exception error) => (error as TooManyException)?.Wait;

    internal async Task<ChatResponse> AnswerAsync(object client, string prompt, CancellationToken cancellationToken)
    {
        Asked.Enqueue(prompt);
        Clients[client] = true;
        if (Refuses is { } wait && Interlocked.Increment(ref _refusals) == 1) throw new TooManyException(wait);
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

    private sealed class TooManyException(TimeSpan wait) : HttpRequestException("too many requests", null, System.Net.HttpStatusCode.TooManyRequests)
    {
        internal TimeSpan Wait => wait;
    }

    internal sealed class Client(SharedEndpoint endpoint) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => endpoint.AnswerAsync(this, messages.Single().Text, cancellationToken);

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose() { }
    }
}
