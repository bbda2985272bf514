using System.ClientModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>Why a call failed and what follows from it.</summary>
/// <param name="Reason">For people. Made of types, numbers and codes alone: servers repeat keys in their messages.</param>
/// <param name="ErrorType">For telemetry: HTTP status, <c>timeout</c> or the exception's type.</param>
/// <param name="IsTransient">Whether a repetition may help.</param>
/// <param name="RetryAfter">How long the endpoint asks to wait.</param>
/// <param name="MayBePaid">Whether the endpoint may have worked on the call and charge for it.</param>
/// <param name="IsOfRow">Whether the endpoint works, and takes this request amiss.</param>
internal sealed partial record CallFault(string Reason, string ErrorType, bool IsTransient, TimeSpan? RetryAfter = null, bool MayBePaid = true, bool IsOfRow = false)
{
    // A 429 that no waiting cures.
    private static readonly string[] SpentQuota = ["insufficient_quota", "billing_hard_limit_reached"];

    public static CallFault TimedOut(TimeSpan limit) => new($"no answer within {limit.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s", "timeout", IsTransient: true);

    public static CallFault Of(Exception exception, KnowledgeGeneratorOptions options)
    {
        var fault = Recognise(exception, options.Time.GetUtcNow()) ?? new(TypeNames(exception), exception.GetType().FullName!, IsTransient: false);
        return fault with
        {
            IsTransient = fault.IsTransient || options.IsTransient?.Invoke(exception) == true,
            RetryAfter = fault.RetryAfter ?? options.RetryAfter?.Invoke(exception),
            Reason = options.DescribeError?.Invoke(exception) ?? fault.Reason,
        };
    }

    private static CallFault? Recognise(Exception exception, DateTimeOffset now) => exception switch
    {
        ClientResultException { Status: > 0 } e => FromStatus(e, now),
        HttpRequestException { StatusCode: { } status } => FromStatus((int)status, code: null, retryAfter: null),
        HttpRequestException e => new(
            $"no connection ({e.HttpRequestError}{(e.InnerException is SocketException s ? $", {s.SocketErrorCode}" : "")})", e.GetType().FullName!, IsTransient: true, MayBePaid: !IsBefore(e.HttpRequestError)),
        SocketException e => new($"no connection ({e.SocketErrorCode})", e.GetType().FullName!, IsTransient: true, MayBePaid: !IsBefore(e.SocketErrorCode)),
        HttpIOException e => new($"broken connection ({e.HttpRequestError})", e.GetType().FullName!, IsTransient: true),
        IOException e => new("broken connection", e.GetType().FullName!, IsTransient: true),
        TimeoutException or OperationCanceledException => new("the client's own time-out", "timeout", IsTransient: true),
        // Clients read answers without checking their shape; what is not JSON, or another JSON, surfaces as one of these.
        JsonException or FormatException or KeyNotFoundException or ArgumentOutOfRangeException or IndexOutOfRangeException =>
            Unreadable(exception),
        InvalidOperationException { Source: { } source } when source.StartsWith("System.Text.Json", StringComparison.Ordinal) => Unreadable(exception),
        // Wrappers: the client's pipeline puts connection faults and its own repetitions into others.
        AggregateException { InnerExceptions: [.., var last] } => Recognise(last, now),
        ClientResultException { InnerException: { } inner } => Recognise(inner, now),
        _ => null,
    };

    /// <summary>Whether the call failed before there was a connection: nobody has worked on it.</summary>
    private static bool IsBefore(HttpRequestError error) =>
        error is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    private static bool IsBefore(SocketError error) =>
        error is SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery;

    private static CallFault Unreadable(Exception exception) => new("an answer that is no JSON of a chat completion", exception.GetType().FullName!, IsTransient: true);

    private static CallFault FromStatus(ClientResultException exception, DateTimeOffset now)
    {
        var response = exception.GetRawResponse();
        return FromStatus(exception.Status, CodeOf(response?.Content), response is null ? null : Wait(response.Headers.TryGetValue, now)) with
        {
            // A good status with a body the client cannot read.
            MayBePaid = exception.Status < 300,
        };
    }

    private delegate bool Header(string name, out string? value);

    private static CallFault FromStatus(int status, string? code, TimeSpan? retryAfter) => new(
        $"HTTP {status} {(Enum.IsDefined((HttpStatusCode)status) ? (HttpStatusCode)status : "")}".TrimEnd() + (code is null ? "" : $" ({code})"),
        status.ToString(CultureInfo.InvariantCulture),
        IsTransient: status < 300 || status is 408 or 429 or >= 500 && !SpentQuota.Contains(code),
        retryAfter, MayBePaid: false, IsOfRow: status is 400 or 413 or 422);

    private static TimeSpan? Wait(Header header, DateTimeOffset now)
    {
        if (header("retry-after-ms", out var text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds))
            return Limit(milliseconds / 1000);
        if (!header("retry-after", out text)) return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)) return Limit(seconds);
        return DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? Limit((date - now).TotalSeconds) : null;

        static TimeSpan? Limit(double seconds) => double.IsFinite(seconds) ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, TimeSpan.FromDays(365).TotalSeconds)) : null;
    }

    /// <summary><c>error.code</c> or <c>error.type</c> of the body, where it is an identifier and nothing else.</summary>
    private static string? CodeOf(BinaryData? body)
    {
        try
        {
            if (body is null || body.ToMemory().IsEmpty) return null;
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                ? Text(error, "code") ?? Text(error, "type") : null;
        }
        catch (JsonException)
        {
            return null; // an error page: its status says enough
        }

        static string? Text(JsonElement error, string name) =>
            error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && Identifier().IsMatch(value.GetString()!) ? value.GetString() : null;
    }

    private static string TypeNames(Exception exception) =>
        exception.InnerException is { } inner ? $"{exception.GetType().Name} ← {TypeNames(inner)}" : exception.GetType().Name;

    [GeneratedRegex("^[a-z]+(_[a-z]+)*$")]
    private static partial Regex Identifier();
}
