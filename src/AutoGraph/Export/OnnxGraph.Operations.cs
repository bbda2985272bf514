using Onnx;

namespace AutoGraph;

internal sealed partial class OnnxGraph
{
    internal static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    internal static AttributeProto Number(string name, float value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = value };

    internal static AttributeProto Text(string name, string value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = Google.Protobuf.ByteString.CopyFromUtf8(value) };

    internal static AttributeProto Ints(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.Add(values);
        return attribute;
    }

    internal string Add(string a, string b) => Node("Add", [a, b]);

    internal string Subtract(string a, string b) => Node("Sub", [a, b]);

    internal string Multiply(string a, string b) => Node("Mul", [a, b]);

    internal string Multiply(string a, double b) => Multiply(a, Constant([(float)b]));

    internal string Divide(string a, string b) => Node("Div", [a, b]);

    internal string AtLeast(string a, float least) => Node("Max", [a, Constant([least])]);

    internal string MatMul(string a, string b) => Node("MatMul", [a, b]);

    internal string Relu(string x) => Node("Relu", [x]);

    internal string Softmax(string x, int axis) => Node("Softmax", [x], Int("axis", axis));

    internal string Where(string condition, string then, string otherwise) => Node("Where", [condition, then, otherwise]);

    internal string IsNegative(string whole) => Node("Less", [whole, Constant([0L])]);

    internal string IsPositive(string number) => Node("Greater", [number, Constant([0f])]);

    internal string ToFloat(string x) => Node("Cast", [x], Int("to", (long)TensorProto.Types.DataType.Float));

    internal string ToInt32(string x) => Node("Cast", [x], Int("to", (long)TensorProto.Types.DataType.Int32));

    internal string ToInt64(string x) => Node("Cast", [x], Int("to", (long)TensorProto.Types.DataType.Int64));

    internal string Gather(string table, string rows) => Node("Gather", [table, rows], Int("axis", 0));

    internal string Concat(int axis, params string[] parts) => parts.Length == 1 ? parts[0] : Node("Concat", parts, Int("axis", axis));

    internal string Slice(string x, int axis, int start, int end) => Node("Slice", [x, Constant([(long)start], 1), Constant([(long)end], 1), Constant([(long)axis], 1)]);

    internal string Reshape(string x, params long[] sizes) => Node("Reshape", [x, Constant(sizes, sizes.Length)]);

    internal string Transpose(string x, params long[] axes) => Node("Transpose", [x], Ints("perm", axes));

    internal string Unsqueeze(string x, int axis) => Node("Unsqueeze", [x, Constant([(long)axis], 1)]);

    internal string Squeeze(string x, int axis) => Node("Squeeze", [x, Constant([(long)axis], 1)]);

    internal string Sum(string x, int axis, bool keep) => Node("ReduceSum", [x, Constant([(long)axis], 1)], Int("keepdims", keep ? 1 : 0));

    internal string Largest(string x, int axis, bool keep) => Node("ReduceMax", [x], Ints("axes", axis), Int("keepdims", keep ? 1 : 0));

    /// <summary>x Wᵀ + b over the last axis.</summary>
    /// <param name="x">[.., in].</param>
    /// <param name="weights">Where W and b are.</param>
    /// <param name="weight">Name of W, [out, in].</param>
    /// <param name="bias">Name of b, [out], or null.</param>
    internal string Linear(string x, TrainedWeights weights, string weight, string? bias = null)
    {
        var (values, rows, columns) = weights.Transposed(weight);
        string product = MatMul(x, Constant(values, rows, columns));
        return bias is null ? product : Add(product, Constant(weights[bias], columns));
    }
}

/// <summary>Trained arrays under a common beginning of their names.</summary>
/// <param name="Tensors">All arrays of the recommender, as it is stored.</param>
/// <param name="Prefix">The beginning.</param>
internal readonly record struct TrainedWeights(Core.Persistence.TensorDictionary Tensors, string Prefix)
{
    /// <summary>An array.</summary>
    internal float[] this[string name] => Tensors.Floats(Prefix + name);

    /// <summary>Those of a part of the module.</summary>
    internal TrainedWeights Of(string part) => this with { Prefix = $"{Prefix}{part}." };

    /// <summary>Whether there is one of that name.</summary>
    internal bool Has(string name) => Tensors.Contains(Prefix + name);

    /// <summary>A matrix [out, in] as [in, out].</summary>
    internal (float[] Values, int Rows, int Columns) Transposed(string name)
    {
        var (values, shape) = (this[name], Tensors.ShapeOf(Prefix + name));
        var (rows, columns) = (shape[0], shape[1]);
        var transposed = new float[values.Length];
        for (int i = 0; i < values.Length; i++) transposed[i % columns * rows + i / columns] = values[i];
        return (transposed, columns, rows);
    }
}
