using System.Runtime.ExceptionServices;

namespace AutoGraph;

/// <summary>Changes that wait to be written, with those of others, by whoever holds the lock.</summary>
/// <param name="changesOf">The changes to a snapshot; throws where they do not fit it.</param>
internal sealed class WaitingWrite(Func<EngineSnapshot, IReadOnlyList<Change>> changesOf)
{
    private Exception? _error;

    /// <summary>Whether somebody wrote or refused it.</summary>
    internal bool IsDone { get; private set; }

    /// <summary>Its changes, the snapshot with them in place of the one before; none where they do not fit.</summary>
    internal IReadOnlyList<Change> Take(ref EngineSnapshot snapshot)
    {
        try
        {
            var changes = changesOf(snapshot);
            snapshot = snapshot.After(changes);
            return changes;
        }
        catch (Exception error)     // is that of whoever wants the change, not of those who are written with it
        {
            _error = error;
            return [];
        }
    }

    /// <summary>The log did not take it.</summary>
    internal void Fail(IOException error) => _error ??= new IOException($"The change was not made: the log did not take it. {error.Message}", error);

    /// <summary>Ends the wait.</summary>
    /// <param name="isMade">Whether those written together show.</param>
    internal void End(bool isMade)
    {
        if (!isMade) _error ??= new InvalidOperationException("The change was not made: another one that was to be written with it failed. Make it again.");
        IsDone = true;
    }

    /// <summary>Throws what went wrong with it, on the thread that waited.</summary>
    internal void ThrowIfFailed()
    {
        if (_error is not null) ExceptionDispatchInfo.Throw(_error);
    }
}
