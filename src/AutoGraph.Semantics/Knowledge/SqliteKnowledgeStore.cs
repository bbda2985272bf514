using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>A knowledge store in one SQLite file, which several processes may share.</summary>
/// <remarks>
/// Write-ahead log with <c>synchronous=FULL</c>: what was added survives a crash of the process and of the machine.
/// A file that is damaged, or of another program, is refused by name and left as it is. Safe for concurrent use.
/// </remarks>
public sealed partial class SqliteKnowledgeStore : IKnowledgeStore
{
    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;

    /// <summary>Opens the file, or creates it (and its folder).</summary>
    /// <exception cref="InvalidDataException">The file is damaged, of another program, or of a newer version.</exception>
    /// <exception cref="IOException">The file cannot be opened or written.</exception>
    public SqliteKnowledgeStore(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Path = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        // Without pooling, Dispose closes the file.
        _connection = new(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false, DefaultTimeout = 60 }.ToString());
        try
        {
            Guard(() =>
            {
                _connection.Open();
                KnowledgeSchema.Prepare(_connection, Path);
                return 0;
            });
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Full path of the file.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public long Count => Guard(() =>
    {
        using var command = Command("SELECT COUNT(*) FROM knowledge");
        return (long)command.ExecuteScalar()!;
    });

    /// <inheritdoc/>
    public KnowledgeRecord? Find(string key) => Guard(() =>
    {
        using var command = Command($"SELECT {KnowledgeSchema.Columns} FROM knowledge WHERE key = $key", ("$key", key));
        using var reader = command.ExecuteReader();
        return reader.Read() ? Read(reader) : null;
    });

    /// <inheritdoc/>
    /// <remarks>Answers are kept without the character U+0000.</remarks>
    /// <exception cref="ArgumentException">A prompt or its source has the character U+0000, at which SQLite would end it; none was added.</exception>
    public int Add(IReadOnlyCollection<KnowledgeRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        foreach (var record in records) StorableText.Require(record.Source, record.Prompt);
        return Guard(() =>
        {
            // Immediate: the lock is taken, and waited for, before the first row is written.
            using var transaction = _connection.BeginTransaction(deferred: false);
            var added = 0;
            foreach (var record in records)
            {
                var key = record.Key;
                added += Execute(
                    $"INSERT OR IGNORE INTO knowledge ({KnowledgeSchema.Columns}) VALUES ($key, $version, $model, $options, $hash, $prompt, $text, $input, $output, $latency, $created)",
                    ("$key", key), ("$version", record.Source.PromptVersion), ("$model", record.Source.Model), ("$options", record.Source.Options),
                    ("$hash", KnowledgeSource.Hash(record.Prompt)), ("$prompt", record.Prompt), ("$text", StorableText.Clean(record.Text)), ("$input", record.InputTokens),
                    ("$output", record.OutputTokens), ("$latency", record.Latency.TotalMilliseconds), ("$created", record.Created.ToUnixTimeMilliseconds()));
                Execute("DELETE FROM claim WHERE key = $key", ("$key", key));
                Execute("DELETE FROM failure WHERE key = $key", ("$key", key));
            }
            transaction.Commit();
            return added;
        });
    }

    /// <inheritdoc/>
    public IEnumerable<KnowledgeRecord> ReadAll()
    {
        // In pages: no lock is held, and no statement is open, while the caller works.
        for (var last = ""; ;)
        {
            var page = Guard(() =>
            {
                using var command = Command($"SELECT {KnowledgeSchema.Columns} FROM knowledge WHERE key > $last ORDER BY key LIMIT 1000", ("$last", last));
                using var reader = command.ExecuteReader();
                List<KnowledgeRecord> records = [];
                for (; reader.Read(); last = reader.GetString(0)) records.Add(Read(reader));
                return records;
            });
            foreach (var record in page) yield return record;
            if (page.Count == 0) yield break;
        }
    }

    /// <inheritdoc/>
    public float[]? FindEmbedding(string encoder, string textHash) => Guard(() =>
    {
        using var command = Command("SELECT vector FROM embedding WHERE encoder = $encoder AND text_hash = $hash", ("$encoder", encoder), ("$hash", textHash));
        return command.ExecuteScalar() is not byte[] bytes ? null
            : bytes.Length % sizeof(float) == 0 ? MemoryMarshal.Cast<byte, float>(bytes).ToArray()
            : throw Damaged($"a vector of {bytes.Length} bytes", null);
    });

    /// <inheritdoc/>
    public void AddEmbeddings(string encoder, IReadOnlyCollection<KeyValuePair<string, float[]>> embeddings)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        Guard(() =>
        {
            using var transaction = _connection.BeginTransaction(deferred: false);
            foreach (var (hash, vector) in embeddings)
            {
                Execute("INSERT OR IGNORE INTO embedding (encoder, text_hash, vector) VALUES ($encoder, $hash, $vector)",
                    ("$encoder", encoder), ("$hash", hash), ("$vector", MemoryMarshal.AsBytes(vector.AsSpan()).ToArray()));
            }
            transaction.Commit();
            return 0;
        });
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (_gate) _connection.Dispose();
    }

    private KnowledgeRecord Read(SqliteDataReader reader)
    {
        var record = new KnowledgeRecord(new(reader.GetString(1), reader.GetString(2), reader.GetString(3)), reader.GetString(5), reader.GetString(6))
        {
            InputTokens = reader.IsDBNull(7) ? null : reader.GetInt64(7),
            OutputTokens = reader.IsDBNull(8) ? null : reader.GetInt64(8),
            Latency = TimeSpan.FromMilliseconds(reader.GetDouble(9)),
            Created = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(10)),
        };
        return reader.GetString(0) is var key && (key == record.Key || key == KnowledgeSource.KeyOfParts(record.Source.PromptVersion, record.Source.Model, reader.GetString(3), record.Prompt)) ? record
            : throw Damaged($"key {key} for a prompt whose key is {record.Key}", null);
    }

    private int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = _connection.CreateCommand(); // in the connection's transaction, if one is open
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    private T Guard<T>(Func<T> work)
    {
        try
        {
            lock (_gate) return work();
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB)
        {
            throw Damaged("something else", e);
        }
        catch (SqliteException e)
        {
            throw new IOException($"The knowledge store '{Path}' failed: {e.Message} Check that the file and its folder can be written and that the disk has room.", e);
        }
    }

    private InvalidDataException Damaged(string found, Exception? cause) => new(
        $"Expected a knowledge store in '{Path}', found {found}{(cause is null ? "" : $" ({cause.Message.TrimEnd('.')})")}. " +
        "The file is damaged or not ours; it was left as it is. Restore a backup or name another file.", cause);
}
