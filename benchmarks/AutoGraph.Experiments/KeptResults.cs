using System.Text.Encodings.Web;
using System.Text.Json;
using AutoGraph.Core.Persistence;

namespace AutoGraph.Experiments;

/// <summary>Results kept as files of a folder, each with the settings it was made with, so that a command that was interrupted goes on from what is there.</summary>
/// <param name="folder">The folder.</param>
/// <param name="resume">Whether results that are there count.</param>
/// <param name="reportOnly">Whether what is not there stays away.</param>
internal sealed class KeptResults(DirectoryInfo folder, bool resume, bool reportOnly)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private sealed record Kept<T>(string Settings, T Value);

    /// <summary>The result of a name and settings: from the folder, otherwise made and kept there.</summary>
    /// <param name="name">Name of the file, without its ending.</param>
    /// <param name="settings">What it depends on. A result with others is made anew.</param>
    /// <param name="make">Makes it.</param>
    /// <returns>Null where only a report was asked for and there is none.</returns>
    public async Task<T?> GetAsync<T>(string name, string settings, Func<Task<T>> make) where T : class
    {
        string file = Path.Combine(folder.FullName, name + ".json");
        if (resume && File.Exists(file) && Read<T>(file) is { } kept && kept.Settings == settings) return kept.Value;
        if (reportOnly) return null;
        var made = new Kept<T>(settings, await make());
        folder.Create();
        AtomicFile.Write(file, stream => JsonSerializer.Serialize(stream, made, Format));
        return made.Value;
    }

    /// <summary>A result as a line of JSON Lines.</summary>
    public static string Line<T>(T value) => JsonSerializer.Serialize(value, Format);

    private static Kept<T>? Read<T>(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<Kept<T>>(File.ReadAllText(file), Format);
        }
        catch (JsonException)
        {
            return null;    // of another version: made anew
        }
    }
}
