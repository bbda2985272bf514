using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.AI;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>Puts one prompt to the model: time limit per call, repetitions with exponential back-off and jitter.</summary>
internal sealed class AnswerCaller
{
    private readonly IChatClient _client;
    private readonly ChatOptions? _chat;
    private readonly Func<Exception, bool> _isTransient;
    private readonly ResiliencePipeline<Answer> _pipeline;
    private int _calls;

    public AnswerCaller(IChatClient client, KnowledgeGeneratorOptions options)
    {
        (_client, _chat, _isTransient) = (client, options.Chat, options.IsTransient is { } more ? e => IsTransient(e) || more(e) : IsTransient);
        var pipeline = new ResiliencePipelineBuilder<Answer>();
        if (options.MaxRetries > 0)
            pipeline.AddRetry(new RetryStrategyOptions<Answer>
            {
                MaxRetryAttempts = options.MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = options.MaxRetryDelay,
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Exception is { } e ? ShouldRepeat(e, args.Context.CancellationToken) : args.Outcome.Result.Problem?.Kind == KnowledgeFailureKind.Empty),
            });
        _pipeline = pipeline.AddTimeout(options.CallTimeout).Build();
    }

    /// <summary>An answer, or why it is none.</summary>
    public readonly record struct Answer(ChatResponse? Response, TimeSpan Latency, (KnowledgeFailureKind Kind, string Reason)? Problem);

    /// <summary>Calls made so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Never throws for a failed call; only for <paramref name="cancellationToken"/>.</summary>
    public async Task<Answer> AskAsync(string prompt, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(token => CallAsync(prompt, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A call that we cancelled may fail in any way.
            cancellationToken.ThrowIfCancellationRequested();
            return new(null, TimeSpan.Zero, (KnowledgeFailureKind.Error, $"{e.GetType().Name}: {e.Message}"));
        }
    }

    private async ValueTask<Answer> CallAsync(string prompt, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        var started = Stopwatch.GetTimestamp();
        // A copy: clients may write to the options of a call.
        var response = await _client.GetResponseAsync([new ChatMessage(ChatRole.User, prompt)], _chat?.Clone(), cancellationToken).ConfigureAwait(false);
        return new(response, Stopwatch.GetElapsedTime(started), AnswerCheck.Problem(response));
    }

    private bool ShouldRepeat(Exception e, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && (e is TimeoutRejectedException || _isTransient(e));

    private static bool IsTransient(Exception e) => e switch
    {
        HttpRequestException { StatusCode: { } status } => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500,
        HttpRequestException or IOException or SocketException or TimeoutException => true,
        OperationCanceledException => true, // not ours (see ShouldRepeat): the client's own time-out
        _ => false,
    };
}
