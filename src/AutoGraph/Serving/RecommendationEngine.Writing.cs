using System.Collections.Concurrent;
using AutoGraph.Core.Interactions;

namespace AutoGraph;

public sealed partial class RecommendationEngine
{
    private readonly ConcurrentQueue<WaitingWrite> _waiting = new();
    private bool _closed;

    /// <summary>Rewrites the log so that it holds each item and user once, as it is now; a killed process leaves the old log or the new.</summary>
    /// <exception cref="InvalidOperationException">The engine has no log.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public void CompactLog()
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            (_log ?? throw new InvalidOperationException("Expected an engine with a log, found one without. Name a file when you create it: CreateEngine(model, logPath).")).Compact();
        }
    }

    // Who waits for the lock is written with whoever holds it: one flush of the log for all of them.
    private void Write(Func<EngineSnapshot, IReadOnlyList<Change>> changesOf)
    {
        var own = new WaitingWrite(now =>
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            return changesOf(now);
        });
        _waiting.Enqueue(own);
        lock (_writing)
            if (!own.IsDone) WriteWaiting();
        own.ThrowIfFailed();
    }

    // Writes come one after the other, each from the tables that the one before has left.
    private void WriteWaiting()
    {
        var (next, taken, changes, isMade) = (_snapshot, new List<WaitingWrite>(), new List<Change>(), false);
        try
        {
            while (_waiting.TryDequeue(out var write))
            {
                taken.Add(write);
                changes.AddRange(write.Take(ref next));
            }
            if (changes.Count > 0) _log?.Append(changes);
            _snapshot = next;
            isMade = true;      // whatever happens to those who are told of it
            if (changes.Count == 0) return;
            _observe?.Invoke(changes);
            ServingTelemetry.Changed(changes);
        }
        catch (IOException error)
        {
            foreach (var write in taken) write.Fail(error);
        }
        finally
        {
            foreach (var write in taken) write.End(isMade);
        }
    }

    private int Hide(string[] ids, bool isItem)
    {
        int count = 0;
        Write(now =>
        {
            var (index, hidden) = isItem ? (now.Items.Ids, (Func<int, bool>)now.Items.IsHidden) : (now.Users.Ids, now.Users.IsHidden);
            Change[] changes = [.. ids.Select(index.PositionOf).Where(position => position >= 0 && !hidden(position)).Distinct().Select(position => new Change.HideChange(isItem, position))];
            count = changes.Length;
            return changes;
        });
        return count;
    }

    private static T[] Placed<T>(IdIndex ids, T[] changes, Func<T, string> idOf, Func<T, int, T> at)
    {
        int next = ids.Count;
        return [.. changes.Select(change => at(change, ids.PositionOf(idOf(change)) is >= 0 and var position ? position : next++))];
    }

    private static void CheckIds(string side, IdIndex ids, Func<int, bool> isHidden, IEnumerable<string> given, bool adds)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string id in given)
        {
            if (string.IsNullOrEmpty(id)) throw new ArgumentException($"Expected an id of every {side}, found none.");
            if (!IdText.IsWellFormed(id)) throw new ArgumentException($"Expected ids of whole characters, found half a surrogate pair in that of a {side}, '{id}'. Cut texts between characters.");
            if (!seen.Add(id)) throw new ArgumentException($"Expected each {side} once, found '{id}' twice.");
            bool there = ids.PositionOf(id) is >= 0 and var position && !isHidden(position);
            if (there && adds) throw new ArgumentException($"Expected a new {side}, found that '{id}' is there already. Update it instead.");
            if (!there && !adds) throw new ArgumentException($"Expected a known {side}, found '{id}', which is not there. Add it first.");
        }
    }

    // one row that is none would end every request that meets it
    private static void RequireFinite(string side, string id, params ReadOnlySpan<float[]> rows)
    {
        foreach (float[] row in rows)
            if (!Array.TrueForAll(row, float.IsFinite))
                throw new ArgumentException($"Expected values of {side} '{id}' that a model can read, found some so large that its vectors are not finite. Correct the numbers or the semantic vector.");
    }

    private static int[] Positions(string side, IdIndex ids, IReadOnlyList<string> names, string of) => [.. names.Select(name => ids.PositionOf(name) is >= 0 and var position ? position
        : throw new ArgumentException($"Expected known {side}s of {of}, found '{name}', which is not there. Add the {side} first."))];
}
