using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace AutoGraph.TestKit.Loopback;

/// <summary>An OpenAI-compatible chat endpoint on a real socket of this machine, which answers, or misbehaves, as a function says.</summary>
public sealed class LoopbackChatServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, Task> _connections = new();
    private readonly Func<LoopbackCall, LoopbackReply> _reply;
    private readonly Task _accepting;
    private int _calls, _inFlight, _mostInFlight;

    /// <param name="reply">Call → reply; called from many threads.</param>
    public LoopbackChatServer(Func<LoopbackCall, LoopbackReply> reply)
    {
        _reply = reply;
        _listener.Start(512);
        Endpoint = new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1");
        _accepting = AcceptAsync();
    }

    /// <summary>Base address for clients.</summary>
    public Uri Endpoint { get; }

    /// <summary>How often each prompt was asked.</summary>
    public ConcurrentDictionary<string, int> Asked { get; } = new(StringComparer.Ordinal);

    public int Calls => Volatile.Read(ref _calls);

    public int MostInFlight => Volatile.Read(ref _mostInFlight);

    /// <summary>Told of each call before it is answered.</summary>
    public event Action<LoopbackCall>? Arrived;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_connections.Values).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (var id = 0; !_stop.IsCancellationRequested; id++)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
            client.NoDelay = true;
            var served = id;
            _connections[served] = ServeAsync(client).ContinueWith(_ => _connections.TryRemove(served, out Task? _), TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var http = new LoopbackHttp(client);
                while (await http.ReadAsync(_stop.Token).ConfigureAwait(false) is { } request)
                    if (!await AnswerAsync(http, request).ConfigureAwait(false)) return;
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // the client left, or the server stops
            }
        }
    }

    /// <summary>Whether the connection can serve another request.</summary>
    private async Task<bool> AnswerAsync(LoopbackHttp http, LoopbackHttp.Request request)
    {
        if (request is not { Method: "POST", Path: "/v1/chat/completions" })
        {
            await http.WriteAsync(LoopbackReply.Error(404, "not_found"), _stop.Token).ConfigureAwait(false);
            return true;
        }
        using var json = JsonDocument.Parse(request.Body);
        var content = json.RootElement.GetProperty("messages").EnumerateArray().Last().GetProperty("content");
        var prompt = content.ValueKind == JsonValueKind.String ? content.GetString()! : string.Concat(content.EnumerateArray().Select(part => part.GetProperty("text").GetString()));
        var call = new LoopbackCall(prompt, Asked.AddOrUpdate(prompt, 1, (_, n) => n + 1), Interlocked.Increment(ref _calls), json.RootElement.GetProperty("model").GetString()!, request.Authorization);
        var now = Interlocked.Increment(ref _inFlight);
        for (var most = MostInFlight; now > most && Interlocked.CompareExchange(ref _mostInFlight, now, most) != most; most = MostInFlight) { }
        try
        {
            Arrived?.Invoke(call);
            var reply = _reply(call);
            if (reply.Latency > TimeSpan.Zero) await Task.Delay(reply.Latency, _stop.Token).ConfigureAwait(false);
            Interlocked.Decrement(ref _inFlight); // before the client can know: it may ask again at once
            now = 0;
            return await http.WriteAsync(reply, _stop.Token).ConfigureAwait(false);
        }
        finally
        {
            if (now > 0) Interlocked.Decrement(ref _inFlight);
        }
    }
}
