using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;

namespace AutoGraph;

/// <summary>An input or output of an exported graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">"int64" or "float32".</param>
/// <param name="Shape">Sizes; a letter stands for any size, the same letter for the same one.</param>
/// <param name="Meaning">What it holds.</param>
/// <param name="Vocabulary">The list of <see cref="OnnxExport.VocabulariesFile"/> whose positions it holds, or null.</param>
internal sealed record OnnxPort(string Name, string Type, IReadOnlyList<string> Shape, string Meaning, string? Vocabulary);

/// <summary>Writes an ONNX graph of standard operators, node by node; values go by their names.</summary>
internal sealed partial class OnnxGraph
{
    /// <summary>Version of the standard operators: the first with LayerNormalization.</summary>
    internal const int Opset = 17;

    /// <summary>Version of the file format that came with <see cref="Opset"/>.</summary>
    internal const int IrVersion = 8;

    private readonly GraphProto _graph;
    private readonly List<OnnxPort> _inputs = [], _outputs = [];
    private readonly long _mostBytes;
    private long _bytes;
    private int _values;

    /// <param name="name">Name of the graph.</param>
    /// <param name="mostBytes">Bytes of constants that fit: a protobuf message ends at 2 GiB.</param>
    internal OnnxGraph(string name, long mostBytes = int.MaxValue - (1 << 20)) => (_graph, _mostBytes) = (new GraphProto { Name = name }, mostBytes);

    /// <summary>What goes in.</summary>
    internal IReadOnlyList<OnnxPort> Inputs => _inputs;

    /// <summary>What comes out.</summary>
    internal IReadOnlyList<OnnxPort> Outputs => _outputs;

    /// <summary>An input.</summary>
    internal string Input<T>(string name, string[] shape, string meaning, string? vocabulary = null) where T : unmanaged
    {
        _inputs.Add(new(name, NameOf<T>(), shape, meaning, vocabulary));
        _graph.Input.Add(Described<T>(name, shape, meaning));
        return name;
    }

    /// <summary>Gives a value out under a name of its own.</summary>
    internal void Output<T>(string name, string value, string[] shape, string meaning) where T : unmanaged
    {
        _outputs.Add(new(name, NameOf<T>(), shape, meaning, null));
        _graph.Output.Add(Described<T>(name, shape, meaning));
        var node = new NodeProto { OpType = "Identity", Name = name };
        node.Input.Add(value);
        node.Output.Add(name);
        _graph.Node.Add(node);
    }

    /// <summary>A constant; without sizes a single value.</summary>
    internal string Constant<T>(T[] values, params int[] sizes) where T : unmanaged
    {
        string name = Next("constant");
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        if (sizes.Aggregate(1L, (product, size) => product * size) != values.Length)
            throw new ArgumentException($"Expected {string.Join(" × ", sizes)} values of '{name}', found {values.Length}.", nameof(values));
        if (_bytes + bytes.Length > _mostBytes)
            throw new NotSupportedException($"Expected tables of at most {_mostBytes:N0} bytes in '{_graph.Name}', which is as much as an ONNX file holds, found more. Fit with a smaller Dimension, or on the users and items alone that are served.");
        _bytes += bytes.Length;
        var tensor = new TensorProto { Name = name, DataType = (int)TypeOf<T>(), RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.Add(sizes.Select(size => (long)size));
        _graph.Initializer.Add(tensor);
        return name;
    }

    /// <summary>A node with one output.</summary>
    internal string Node(string operation, string[] inputs, params AttributeProto[] attributes) => Nodes(operation, 1, inputs, attributes)[0];

    /// <summary>A node with several outputs.</summary>
    internal string[] Nodes(string operation, int outputs, string[] inputs, params AttributeProto[] attributes)
    {
        string name = Next(operation);
        string[] names = outputs == 1 ? [name] : [.. Enumerable.Range(0, outputs).Select(place => string.Create(CultureInfo.InvariantCulture, $"{name}_{place}"))];
        var node = new NodeProto { OpType = operation, Name = name };
        node.Input.Add(inputs);
        node.Output.Add(names);
        node.Attribute.Add(attributes);
        _graph.Node.Add(node);
        return names;
    }

    /// <summary>Writes the model.</summary>
    internal void Write(Stream stream)
    {
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "AutoGraph", ProducerVersion = typeof(OnnxGraph).Assembly.GetName().Version!.ToString(), Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = Opset });
        model.WriteTo(stream);
    }

    private string Next(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}_{++_values}");

    private static ValueInfoProto Described<T>(string name, string[] shape, string meaning) where T : unmanaged
    {
        var sizes = new TensorShapeProto();
        foreach (string size in shape)
            sizes.Dim.Add(int.TryParse(size, CultureInfo.InvariantCulture, out int known) ? new TensorShapeProto.Types.Dimension { DimValue = known } : new() { DimParam = size });
        return new() { Name = name, DocString = meaning, Type = new() { TensorType = new() { ElemType = (int)TypeOf<T>(), Shape = sizes } } };
    }

    private static TensorProto.Types.DataType TypeOf<T>() =>
        typeof(T) == typeof(float) ? TensorProto.Types.DataType.Float : typeof(T) == typeof(long) ? TensorProto.Types.DataType.Int64 : TensorProto.Types.DataType.Int32;

    private static string NameOf<T>() => typeof(T) == typeof(float) ? "float32" : "int64";
}
