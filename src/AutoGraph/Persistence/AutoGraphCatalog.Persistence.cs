using System.Reflection;
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
            _context.Model.Save(model, inputSchema, target);
            ModelFile.Seal(target);
        });
    }

    /// <summary>Loads a model that <see cref="Save"/> or <c>mlContext.Model.Save</c> wrote, once every byte of it is checked: by the checksum of the whole, or by those of its entries where it has none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="inputSchema">Schema of the data it was fitted on.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is truncated, damaged or no model; the message names the part.</exception>
    /// <exception cref="NotSupportedException">A newer version of AutoGraph wrote it; the message names the version.</exception>
    public ITransformer Load(string path, out DataViewSchema inputSchema)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"Expected a saved model at '{path}', found none.", path);
        using var archive = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        ModelFile.Check(archive, path);
        try
        {
            return _context.Model.Load(archive, out inputSchema);
        }
        catch (Exception error) when (Own(error) is { } own)
        {
            string message = $"'{path}': {own.Message}";
            throw own is NotSupportedException ? new NotSupportedException(message, error) : new InvalidDataException(message, error);
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException or ArgumentException or IOException or TargetInvocationException)
        {
            throw new InvalidDataException($"'{path}' is whole, but ML.NET loads no model from it: {error.Message} Name the file that Save wrote, and reference the packages of all its transformers.", error);
        }
    }

    // ML.NET wraps what a loader throws; the outermost of ours names the part.
    private static Exception? Own(Exception? error) => error is null or InvalidDataException or NotSupportedException ? error : Own(error.InnerException);
}
