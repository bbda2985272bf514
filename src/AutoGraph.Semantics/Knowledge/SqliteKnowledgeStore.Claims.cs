namespace AutoGraph.Semantics.Knowledge;

public sealed partial class SqliteKnowledgeStore
{
    /// <inheritdoc/>
    public IReadOnlySet<string> Claim(string owner, IReadOnlyCollection<string> keys, TimeSpan lease)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return Guard(() =>
        {
            using var transaction = _connection.BeginTransaction(deferred: false);
            var now = DateTimeOffset.UtcNow; // once the lock is ours: waiting for it must not shorten a lease
            var granted = new HashSet<string>(StringComparer.Ordinal);
            foreach (var key in keys)
                if (Execute(
                    """
                    INSERT INTO claim (key, owner, expires_ms) SELECT $key, $owner, $until WHERE NOT EXISTS (SELECT 1 FROM knowledge WHERE key = $key)
                    ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, expires_ms = excluded.expires_ms
                    WHERE claim.owner = excluded.owner OR claim.expires_ms < $now
                    """,
                    ("$key", key), ("$owner", owner), ("$until", (now + lease).ToUnixTimeMilliseconds()), ("$now", now.ToUnixTimeMilliseconds())) > 0)
                    granted.Add(key);
            transaction.Commit();
            return granted;
        });
    }

    /// <inheritdoc/>
    public void Release(string owner, IReadOnlyCollection<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        Guard(() =>
        {
            using var transaction = _connection.BeginTransaction(deferred: false);
            foreach (var key in keys) Execute("DELETE FROM claim WHERE key = $key AND owner = $owner", ("$key", key), ("$owner", owner));
            transaction.Commit();
            return 0;
        });
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A prompt or its source has the character U+0000, at which SQLite would end it; none was added.</exception>
    public void AddFailures(IReadOnlyCollection<FailedPrompt> failures)
    {
        ArgumentNullException.ThrowIfNull(failures);
        foreach (var failure in failures) StorableText.Require(failure.Source, failure.Prompt);
        Guard(() =>
        {
            using var transaction = _connection.BeginTransaction(deferred: false);
            foreach (var failure in failures)
            {
                var key = failure.Key;
                Execute(
                    "INSERT OR REPLACE INTO failure (key, prompt_version, model, options, prompt, kind, reason, created_ms) " +
                    "SELECT $key, $version, $model, $options, $prompt, $kind, $reason, $created WHERE NOT EXISTS (SELECT 1 FROM knowledge WHERE key = $key)",
                    ("$key", key), ("$version", failure.Source.PromptVersion), ("$model", failure.Source.Model), ("$options", failure.Source.Options),
                    ("$prompt", failure.Prompt), ("$kind", (long)failure.Kind), ("$reason", StorableText.Clean(failure.Reason)), ("$created", failure.Created.ToUnixTimeMilliseconds()));
                Execute("DELETE FROM claim WHERE key = $key", ("$key", key));
            }
            transaction.Commit();
            return 0;
        });
    }

    /// <inheritdoc/>
    public IEnumerable<FailedPrompt> ReadFailures() => Guard(() =>
    {
        using var command = Command("SELECT prompt_version, model, options, prompt, kind, reason, created_ms FROM failure ORDER BY key");
        using var reader = command.ExecuteReader();
        List<FailedPrompt> failures = [];
        while (reader.Read())
            failures.Add(new(new(reader.GetString(0), reader.GetString(1), reader.GetString(2)), reader.GetString(3), (KnowledgeFailureKind)reader.GetInt64(4), reader.GetString(5))
            {
                Created = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(6)),
            });
        return failures;
    });
}
