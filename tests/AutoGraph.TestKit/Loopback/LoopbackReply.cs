using System.Text.Json;

namespace AutoGraph.TestKit.Loopback;

/// <summary>How the connection behaves after the head of a reply.</summary>
public enum LoopbackFault
{
    /// <summary>The whole reply is sent.</summary>
    None,

    /// <summary>The connection is reset (RST) in place of a reply.</summary>
    Reset,

    /// <summary>Nothing is sent, and the connection stays open until the client gives up.</summary>
    Hang,

    /// <summary>The body comes byte by byte, without an end in sight, until the client gives up.</summary>
    Drip,

    /// <summary>The connection is closed in the middle of the body.</summary>
    CutOff,
}

/// <summary>What the loopback server does with a call.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Body.</param>
public sealed record LoopbackReply(int Status, string Body)
{
    public string ContentType { get; init; } = "application/json";

    /// <summary>A header beside those of the body, such as "Retry-After: 1".</summary>
    public string? Header { get; init; }

    /// <summary>Time until the reply.</summary>
    public TimeSpan Latency { get; init; }

    public LoopbackFault Fault { get; init; }

    /// <summary>An answer as OpenAI's API gives it.</summary>
    public static LoopbackReply Answer(string text, string finish = "stop", int inputTokens = 10, int outputTokens = 5) => new(200, JsonSerializer.Serialize(new
    {
        id = "chatcmpl-loopback",
        @object = "chat.completion",
        created = 1_700_000_000,
        model = "loopback",
        choices = new[] { new { index = 0, message = new { role = "assistant", content = text }, finish_reason = finish } },
        usage = new { prompt_tokens = inputTokens, completion_tokens = outputTokens, total_tokens = inputTokens + outputTokens },
    }));

    /// <summary>An error as OpenAI's API gives it.</summary>
    public static LoopbackReply Error(int status, string code, string message = "as planned", string? retryAfter = null) =>
        new(status, JsonSerializer.Serialize(new { error = new { message, type = "loopback_error", code } })) { Header = retryAfter is null ? null : $"Retry-After: {retryAfter}" };
}
