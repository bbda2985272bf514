using System.Security.Cryptography;
using System.Text;
using AutoGraph.Core.Snapshots;

namespace AutoGraph;

/// <summary>The changes of an engine on disk; see <see cref="RecordLog"/>.</summary>
internal sealed class ChangeLog : IDisposable
{
    private const int ChangesPerRecord = 1000;
    private readonly RecordLog _log;

    private ChangeLog(RecordLog log) => _log = log;

    internal long Length => _log.Length;

    internal long CutBytes => _log.CutBytes;

    /// <summary>Opens the log of a model and brings a snapshot to its end.</summary>
    internal static (ChangeLog Log, EngineSnapshot Snapshot) Open(string path, GraphEnhancedRecommenderTransformer model, EngineSnapshot snapshot)
    {
        var log = RecordLog.Open(path, OwnerOf(model), content => snapshot = snapshot.After(Change.Read(content)));
        return (new(log), snapshot);
    }

    /// <summary>On return the changes are on the disk, all or none of them.</summary>
    internal void Append(IReadOnlyList<Change> changes) => _log.Append(Change.Write(changes));

    /// <summary>Keeps of each item and user only the latest change, and whether it is hidden; of removed users, who begin anew where they come back, no more than the id.</summary>
    internal void Compact()
    {
        var (items, users) = (new SortedDictionary<int, Change.ItemChange>(), new SortedDictionary<int, Change.UserChange>());
        var hidden = new SortedSet<(bool IsItem, int Position)>();
        foreach (var change in _log.Records().SelectMany(Change.Read))
            switch (change)
            {
                case Change.ItemChange item:
                    items[item.Position] = item;
                    hidden.Remove((true, item.Position));
                    break;
                case Change.UserChange user:
                    users[user.Position] = user;
                    hidden.Remove((false, user.Position));
                    break;
                case Change.HideChange hide:
                    hidden.Add((hide.IsItem, hide.Position));
                    break;
            }
        foreach (var (isItem, position) in hidden)
            if (!isItem && users.TryGetValue(position, out var user)) users[position] = user.Blank();
        IEnumerable<Change> kept = [.. items.Values, .. users.Values, .. hidden.Select(place => new Change.HideChange(place.IsItem, place.Position))];
        _log.Replace(kept.Chunk(ChangesPerRecord).Select(Change.Write));
    }

    public void Dispose() => _log.Dispose();

    // Positions and rows mean something for one model only.
    private static byte[] OwnerOf(GraphEnhancedRecommenderTransformer model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string id in model.Users.Ids.Ids.Concat(model.Items.Ids.Ids))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(id));
            hash.AppendData([0]);
        }
        hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(model.Model.ItemVectors.Span));
        return hash.GetHashAndReset();
    }
}
