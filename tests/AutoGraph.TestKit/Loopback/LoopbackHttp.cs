using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace AutoGraph.TestKit.Loopback;

/// <summary>HTTP/1.1 over one connection, as far as chat clients use it, and every way to break it.</summary>
internal sealed class LoopbackHttp(TcpClient client)
{
    private static readonly TimeSpan DripInterval = TimeSpan.FromMilliseconds(20);

    private readonly NetworkStream _stream = client.GetStream();
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _start, _end;

    public sealed record Request(string Method, string Path, string Authorization, byte[] Body);

    /// <summary>The next request, or null where the client has closed the connection.</summary>
    public async Task<Request?> ReadAsync(CancellationToken stop)
    {
        if (await LineAsync(stop).ConfigureAwait(false) is not { } first) return null;
        var (length, authorization, chunked) = (0, "", false);
        while (await LineAsync(stop).ConfigureAwait(false) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = line[(colon + 1)..].Trim();
            switch (line[..colon].ToUpperInvariant())
            {
                case "CONTENT-LENGTH": length = int.Parse(value, CultureInfo.InvariantCulture); break;
                case "AUTHORIZATION": authorization = value; break;
                case "TRANSFER-ENCODING": chunked = true; break;
            }
        }
        var body = chunked ? await ChunksAsync(stop).ConfigureAwait(false) : await BytesAsync(length, stop).ConfigureAwait(false);
        var words = first.Split(' ');
        return new(words[0], words[1], authorization, body);
    }

    /// <summary>Sends a reply as it is meant to go.</summary>
    /// <returns>Whether the connection can go on.</returns>
    public async Task<bool> WriteAsync(LoopbackReply reply, CancellationToken stop)
    {
        if (reply.Fault == LoopbackFault.Reset)
        {
            client.LingerState = new(true, 0); // closing with it sends RST
            return false;
        }
        if (reply.Fault == LoopbackFault.Hang)
        {
            await _stream.ReadAsync(_buffer, stop).ConfigureAwait(false); // until the client closes
            return false;
        }
        var body = Encoding.UTF8.GetBytes(reply.Body);
        var head = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {reply.Status} {(reply.Status == 200 ? "OK" : "As-Planned")}\r\nContent-Type: {reply.ContentType}\r\nContent-Length: {body.Length}\r\n" +
            $"{(reply.Header is null ? "" : reply.Header + "\r\n")}\r\n");
        switch (reply.Fault)
        {
            case LoopbackFault.CutOff:
                await _stream.WriteAsync((byte[])[.. head, .. body.AsSpan(0, body.Length / 2)], stop).ConfigureAwait(false);
                return false;
            case LoopbackFault.Drip:
                await _stream.WriteAsync(head, stop).ConfigureAwait(false);
                foreach (var value in body)
                {
                    await _stream.WriteAsync((byte[])[value], stop).ConfigureAwait(false);
                    await Task.Delay(DripInterval, stop).ConfigureAwait(false);
                }
                return true;
            default:
                await _stream.WriteAsync((byte[])[.. head, .. body], stop).ConfigureAwait(false);
                return true;
        }
    }

    private async Task<byte[]> ChunksAsync(CancellationToken stop)
    {
        List<byte> body = [];
        while (int.Parse((await LineAsync(stop).ConfigureAwait(false))!, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var size)
        {
            body.AddRange(await BytesAsync(size, stop).ConfigureAwait(false));
            await LineAsync(stop).ConfigureAwait(false);
        }
        await LineAsync(stop).ConfigureAwait(false);
        return [.. body];
    }

    private async Task<string?> LineAsync(CancellationToken stop)
    {
        List<byte> line = [];
        for (; ; )
        {
            if (_start == _end && !await FillAsync(stop).ConfigureAwait(false)) return null;
            var value = _buffer[_start++];
            if (value == '\n') return Encoding.ASCII.GetString([.. line]).TrimEnd('\r');
            line.Add(value);
        }
    }

    private async Task<byte[]> BytesAsync(int count, CancellationToken stop)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            if (_start == _end && !await FillAsync(stop).ConfigureAwait(false)) throw new IOException("The client closed the connection within a request.");
            var take = Math.Min(count - read, _end - _start);
            _buffer.AsSpan(_start, take).CopyTo(bytes.AsSpan(read));
            (_start, read) = (_start + take, read + take);
        }
        return bytes;
    }

    private async Task<bool> FillAsync(CancellationToken stop)
    {
        (_start, _end) = (0, await _stream.ReadAsync(_buffer, stop).ConfigureAwait(false));
        return _end > 0;
    }
}
