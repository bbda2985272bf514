using System.Text.Encodings.Web;
using System.Text.Json;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>Answers of a store as JSON Lines: one object a line, for people, version control and other programs.</summary>
public static class KnowledgeJsonLines
{
    private sealed record Line(
        string Key, string PromptVersion, string Model, string Options, string Prompt, string Text,
        long? InputTokens, long? OutputTokens, double LatencyMs, DateTimeOffset Created);

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // readable texts; the file is no web page
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Writes all answers (not the vectors) to a file, in the order of their keys; an existing file is replaced once the new one is complete.</summary>
    /// <returns>Number of answers.</returns>
    public static long Export(IKnowledgeStore store, string path)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            var count = 0L;
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                using (var writer = new StreamWriter(file, leaveOpen: true) { NewLine = "\n" })
                {
                    foreach (var r in store.ReadAll())
                    {
                        writer.WriteLine(JsonSerializer.Serialize(new Line(
                            r.Key, r.Source.PromptVersion, r.Source.Model, r.Source.Options, r.Prompt, r.Text,
                            r.InputTokens, r.OutputTokens, r.Latency.TotalMilliseconds, r.Created), Json));
                        count++;
                    }
                }
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
            return count;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Adds the answers of a file; answers that the store has already stay as they are.</summary>
    /// <returns>How many were new.</returns>
    /// <exception cref="InvalidDataException">A line is malformed or does not belong to its key; what stands before it is kept.</exception>
    public static int Import(IKnowledgeStore store, string path)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var added = 0;
        foreach (var lines in File.ReadLines(path).Index().Where(l => !string.IsNullOrWhiteSpace(l.Item)).Chunk(500))
        {
            List<KnowledgeRecord> records = [];
            try
            {
                foreach (var (index, text) in lines) records.Add(Parse(text, index + 1, path));
            }
            finally
            {
                added += store.Add(records);
            }
        }
        return added;
    }

    private static KnowledgeRecord Parse(string text, int number, string path)
    {
        try
        {
            var line = JsonSerializer.Deserialize<Line>(text, Json) ?? throw new JsonException("found null.");
            var record = new KnowledgeRecord(new(line.PromptVersion, line.Model, line.Options), line.Prompt, StorableText.Clean(line.Text))
            {
                InputTokens = line.InputTokens,
                OutputTokens = line.OutputTokens,
                Latency = TimeSpan.FromMilliseconds(line.LatencyMs),
                Created = line.Created,
            };
            StorableText.Require(record.Source, record.Prompt);
            return line.Key == record.Key || line.Key == KnowledgeSource.KeyOfParts(line.PromptVersion, line.Model, line.Options, line.Prompt) ? record : throw new JsonException($"found key {line.Key} on an answer whose key is {record.Key}; was the line edited?");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"Expected one exported answer a line in '{path}', line {number}: {e.Message}", e);
        }
    }
}
