using Microsoft.Data.Sqlite;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>The tables of a knowledge store file, and how to tell such a file from others.</summary>
internal static class KnowledgeSchema
{
    public const string Columns = "key, prompt_version, model, options, prompt_hash, prompt, text, input_tokens, output_tokens, latency_ms, created_ms";

    private const long ApplicationId = 0x41474B53; // "AGKS"
    private const long Version = 2;

    private const string Create = """
        CREATE TABLE knowledge (
          key TEXT NOT NULL PRIMARY KEY,
          prompt_version TEXT NOT NULL, model TEXT NOT NULL, options TEXT NOT NULL,
          prompt_hash TEXT NOT NULL, prompt TEXT NOT NULL, text TEXT NOT NULL,
          input_tokens INTEGER, output_tokens INTEGER, latency_ms REAL NOT NULL, created_ms INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE embedding (
          encoder TEXT NOT NULL, text_hash TEXT NOT NULL, vector BLOB NOT NULL,
          PRIMARY KEY (encoder, text_hash)
        ) WITHOUT ROWID;
        """ + Since2;

    // What version 1 lacked.
    private const string Since2 = """
        CREATE TABLE claim (key TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, expires_ms INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE failure (
          key TEXT NOT NULL PRIMARY KEY,
          prompt_version TEXT NOT NULL, model TEXT NOT NULL, options TEXT NOT NULL, prompt TEXT NOT NULL,
          kind INTEGER NOT NULL, reason TEXT NOT NULL, created_ms INTEGER NOT NULL
        ) WITHOUT ROWID;
        """;

    /// <summary>Checks a file before anything is written to it, and makes the tables in an empty one.</summary>
    public static void Prepare(SqliteConnection connection, string path)
    {
        // SQLite's own waiting polls every few milliseconds, that of the .NET provider every 150.
        Run(connection, "PRAGMA busy_timeout = 60000");
        if (IsEmpty(connection))
        {
            Run(connection, "PRAGMA journal_mode = WAL");
            Run(connection, "PRAGMA synchronous = FULL");
            using var transaction = connection.BeginTransaction(deferred: false);
            if (IsEmpty(connection)) // another process may have been faster
                Run(connection, $"{Create} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version};");
            transaction.Commit();
        }
        var (application, version) = (Number(connection, "PRAGMA application_id"), Number(connection, "PRAGMA user_version"));
        if (application != ApplicationId)
            throw new InvalidDataException($"Expected a knowledge store in '{path}', found an SQLite database of another program. It was left as it is; name another file.");
        if (version is < 1 or > Version)
            throw new InvalidDataException($"Expected a knowledge store of version 1 to {Version} in '{path}', found version {version}. Use the AutoGraph release that wrote it, or name another file.");
        Run(connection, "PRAGMA journal_mode = WAL");
        Run(connection, "PRAGMA synchronous = FULL");
        var check = Scalar(connection, "PRAGMA quick_check(1)") as string;
        if (check != "ok")
            throw new InvalidDataException($"Expected a knowledge store in '{path}', found a damaged one ({check}). It was left as it is; restore a backup or name another file.");
        if (version < Version) Upgrade(connection);
        DropLimits(connection);
    }

    // Older releases filed answers under the limit of their length too, so that raising it would pay for all of them again. What was moved they still read.
    private static void DropLimits(SqliteConnection connection)
    {
        const string Old = $"instr(options, '{KnowledgeSource.Limit}') > 0";
        if (Number(connection, $"SELECT EXISTS (SELECT 1 FROM knowledge WHERE {Old}) OR EXISTS (SELECT 1 FROM failure WHERE {Old})") == 0) return;
        connection.CreateFunction<string, string>("without_limit", KnowledgeSource.WithoutLimit, isDeterministic: true);
        connection.CreateFunction<string, string, string, string, string>("key_of", KnowledgeSource.KeyOfParts, isDeterministic: true);
        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var table in (string[])["knowledge", "failure"])
            // Of two answers that differ in the limit alone the second stays where it is; so do damaged ones.
            Run(connection, $"""
                UPDATE OR IGNORE {table} SET key = key_of(prompt_version, model, without_limit(options), prompt), options = without_limit(options)
                WHERE {Old} AND key = key_of(prompt_version, model, options, prompt)
                """);
        Run(connection, "DELETE FROM failure WHERE key IN (SELECT key FROM knowledge)");
        transaction.Commit();
    }

    private static void Upgrade(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        if (Number(connection, "PRAGMA user_version") == 1) // another process may have been faster
            Run(connection, $"{Since2} PRAGMA user_version = {Version};");
        transaction.Commit();
    }

    private static bool IsEmpty(SqliteConnection connection) =>
        Number(connection, "PRAGMA application_id") == 0 && Number(connection, "SELECT COUNT(*) FROM sqlite_schema") == 0;

    private static long Number(SqliteConnection connection, string sql) => (long)Scalar(connection, sql)!;

    private static void Run(SqliteConnection connection, string sql) => Scalar(connection, sql);

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
