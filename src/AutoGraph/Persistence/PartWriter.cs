using System.Text;
using AutoGraph.Core.Persistence;
using Microsoft.ML;

namespace AutoGraph;

/// <summary>Writes the named entries of one transformer, each behind its checksum: small state, arrays (safetensors) and transformers within it.</summary>
/// <param name="place">Where the transformer lies in the file.</param>
/// <param name="writeEntry">Adds an entry.</param>
/// <param name="writeModel">Adds a transformer.</param>
internal sealed class PartWriter(string place, Action<string, Action<Stream>> writeEntry, Action<string, ITransformer> writeModel)
{
    internal void State(string name, Action<BinaryWriter> write) => Bytes(name, stream =>
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        write(writer);
    });

    internal void Bytes(string name, Action<Stream> write) => writeEntry(name, stream => SealedEntry.Write(stream, $"{place}/{name}", write));

    internal void Tensors(string name, TensorDictionary tensors) => Bytes(name, tensors.Write);

    internal void Model(string name, ITransformer transformer) => writeModel(name, transformer);
}
