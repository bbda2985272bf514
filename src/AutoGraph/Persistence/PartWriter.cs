using System.Text;
using AutoGraph.Core.Persistence;
using Microsoft.ML;

namespace AutoGraph;

/// <summary>Writes the named entries of one transformer: small state, arrays (safetensors) and transformers within it.</summary>
internal sealed class PartWriter(Action<string, Action<Stream>> writeEntry, Action<string, ITransformer> writeModel)
{
    internal void State(string name, Action<BinaryWriter> write) => writeEntry(name, stream =>
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        write(writer);
    });

    internal void Bytes(string name, Action<Stream> write) => writeEntry(name, write);

    internal void Tensors(string name, TensorDictionary tensors) => writeEntry(name, tensors.Write);

    internal void Model(string name, ITransformer transformer) => writeModel(name, transformer);
}
