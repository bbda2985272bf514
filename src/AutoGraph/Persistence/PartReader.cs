using System.Text;
using AutoGraph.Core.Persistence;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace AutoGraph;

/// <summary>Reads what <see cref="PartWriter"/> wrote; every failure names the entry and the part of the pipeline.</summary>
/// <param name="environment">Given to transformers.</param>
/// <param name="kind">What is read.</param>
/// <param name="place">Where it lies in the file.</param>
/// <param name="readEntry">Opens an entry; false where there is none.</param>
/// <param name="readModel">Loads a transformer.</param>
internal sealed class PartReader(IHostEnvironment environment, string kind, string place, Func<string, Action<Stream>, bool> readEntry, Func<string, ITransformer> readModel)
{
    /// <summary>The version of the entries; see <see cref="ModelFormat"/>.</summary>
    internal int Format { get; private init; }


    internal IHostEnvironment Environment => environment;

    internal T State<T>(string name, Func<BinaryReader, T> read) => Entry(name, stream =>
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        return read(reader);
    });

    internal T Bytes<T>(string name, Func<Stream, T> read) => Entry(name, read);

    internal TensorDictionary Tensors(string name) => Entry(name, stream => TensorDictionary.Read(stream));

    internal ITransformer Model(string name)
    {
        try
        {
            return readModel(name);
        }
        catch (Exception error) when (error is IOException or FormatException or InvalidOperationException)
        {
            throw Damaged(name, error.Message, error);
        }
    }

    /// <summary>Builds an object from entries already read; what its constructor finds wrong is damage to the file.</summary>
    internal T Build<T>(string name, Func<T> build)
    {
        try
        {
            return build();
        }
        catch (Exception error) when (error is ArgumentException or IndexOutOfRangeException or OverflowException or InvalidDataException)
        {
            throw Damaged(name, error.Message, error);
        }
    }

    /// <summary>The same reader once the version is known to be read here.</summary>
    internal PartReader Checked() => new(environment, kind, place, readEntry, readModel) { Format = ModelFormat.Read(this) };

    private T Entry<T>(string name, Func<Stream, T> read)
    {
        T result = default!;
        bool found;
        try
        {
            found = readEntry(name, stream => result = SealedEntry.Read(stream, $"{place}/{name}", read));
        }
        catch (Exception error) when (error is IOException or InvalidDataException or FormatException or ArgumentException or OverflowException)
        {
            throw Damaged(name, error.Message, error);
        }
        return found ? result : throw Damaged(name, "the entry is missing", null);
    }

    private InvalidDataException Damaged(string name, string reason, Exception? cause) =>
        new($"The part '{name}' of the saved AutoGraph {kind} is damaged: {reason}. Copy the model file again or save it anew.", cause);
}
