using AutoGraph.Core.Persistence;
using Microsoft.ML;

namespace AutoGraph;

public sealed partial class AutoGraphCatalog
{
    /// <summary>Saves a model as <c>mlContext.Model.Save</c> does, under a temporary name first, flushed and moved, with a checksum of the whole file.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputSchema">Schema of the data it was fitted on; may be null.</param>
    /// <param name="path">The file; <c>mlContext.Model.Load</c> reads it too.</param>
    public void Save(ITransformer model, DataViewSchema? inputSchema, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        AtomicFile.Write(path, target =>
        {
            string temporary = Path.GetTempFileName();   // AtomicFile's stream cannot be read back, and the checksum needs the bytes
            try
            {
                _context.Model.Save(model, inputSchema, temporary);
                using var archive = new FileStream(temporary, FileMode.Open, FileAccess.ReadWrite);
                ModelFile.Seal(archive);
                archive.Position = 0;
                archive.CopyTo(target);
            }
            finally
            {
                File.Delete(temporary);
            }
        });
    }

    /// <summary>Loads a model that <see cref="Save"/> or <c>mlContext.Model.Save</c> wrote, its checksum verified where it has one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="inputSchema">Schema of the data it was fitted on.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is truncated, damaged or no model; the message names the part.</exception>
    public ITransformer Load(string path, out DataViewSchema inputSchema)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"Expected a saved model at '{path}', found none.", path);
        using var archive = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        ModelFile.Check(archive, path);
        try
        {
            return _context.Model.Load(archive, out inputSchema);
        }
        catch (Exception error) when (Damage(error) is { } damage)
        {
            throw new InvalidDataException($"'{path}': {damage.Message}", error);
        }
    }

    // ML.NET wraps what a loader throws; the outermost of ours names the part.
    private static InvalidDataException? Damage(Exception? error) => error is null ? null : error as InvalidDataException ?? Damage(error.InnerException);
}
