namespace AutoGraph.Onnx;

/// <summary>Counts the uses under way of what must not be freed meanwhile; uses do not wait for each other.</summary>
internal sealed class UseCount
{
    private readonly object _gate = new();
    private int _uses;
    private bool _closed;

    /// <summary>Begins a use; each ends with <see cref="Leave"/>.</summary>
    /// <param name="owner">Who is used, for the error.</param>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public void Enter(object owner)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, owner);
            _uses++;
        }
    }

    public void Leave()
    {
        lock (_gate)
            if (--_uses == 0) Monitor.PulseAll(_gate);
    }

    /// <summary>Lets no further use begin and waits for those under way.</summary>
    /// <returns>Whether this call closed it, not an earlier one.</returns>
    public bool Close()
    {
        lock (_gate)
        {
            var first = !_closed;
            _closed = true;
            while (_uses > 0) Monitor.Wait(_gate);
            return first;
        }
    }
}
