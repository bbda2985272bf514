using System.Numerics;
using AutoGraph.Core.Features;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>A number or vector per row, each slot standardised to mean 0 and deviation 1 over the rows fitted on.</summary>
internal sealed record DenseEncoder(string Name, float[] Means, float[] Deviations) : FieldEncoder(Name)
{
    internal const byte Tag = 2;

    internal static DenseEncoder Learn(IDataView view, string name)
    {
        var table = Read(view, name);
        var (sums, squares) = (new double[table.Width], new double[table.Width]);
        for (int i = 0; i < table.Values.Length; i++) sums[i % table.Width] += table.Values[i];
        for (int i = 0; i < table.Values.Length; i++)
        {
            double distance = table.Values[i] - sums[i % table.Width] / table.Count;
            squares[i % table.Width] += distance * distance;
        }
        // A slot that never varies says nothing: it becomes 0 everywhere instead of a division by 0.
        return new(name, [.. sums.Select(sum => (float)(sum / table.Count))],
            [.. squares.Select(square => square > 0 ? (float)Math.Sqrt(square / table.Count) : 1f)]);
    }

    internal override string Expected => "a number, or several numbers or truth values";

    /// <remarks>Whole numbers too: a table fitted on makes categories of them, but a later row may write the price 20 for 20.0.</remarks>
    internal override bool Accepts(DataViewType type) => ColumnKind.Numeric.Accepts(type) || type is NumberDataViewType;

    internal override FeatureField Encode(IDataView view)
    {
        var table = Read(view, Name);
        if (table.Width != Means.Length)
            throw new ArgumentException($"Expected {Means.Length} values per row in column '{Name}', found {table.Width}.");
        var values = new float[table.Values.Length];
        for (int i = 0; i < values.Length; i++) values[i] = (table.Values[i] - Means[i % table.Width]) / Deviations[i % table.Width];
        return new DenseField(Name, values, table.Width);
    }

    internal override void Write(BinaryWriter writer)
    {
        writer.Write(Tag);
        writer.Write(Name);
        writer.Write(Means.Length);
        foreach (float value in Means.Concat(Deviations)) writer.Write(value);
    }

    internal static DenseEncoder ReadBody(string name, BinaryReader reader)
    {
        int width = reader.ReadInt32();
        float[] Floats() => [.. Enumerable.Range(0, width).Select(_ => reader.ReadSingle())];
        return new(name, Floats(), Floats());
    }

    private static VectorTable Read(IDataView view, string name)
    {
        var column = view.Schema[name];
        if (column.Type is VectorDataViewType) return VectorTable.ReadNumeric(view, name);
        float[] values = Numbers(view, column);
        int bad = Array.FindIndex(values, value => !float.IsFinite(value));
        return bad < 0 ? new VectorTable(values, 1)
            : throw new ArgumentException($"Expected finite values in column '{name}', found {values[bad]} in row {bad}. Replace missing values first: Transforms.ReplaceMissingValues.");
    }

    private static float[] Numbers(IDataView view, DataViewSchema.Column column)
    {
        return Type.GetTypeCode(column.Type.RawType) switch
        {
            TypeCode.Single => Of<float>(),
            TypeCode.Double => Of<double>(),
            TypeCode.SByte => Of<sbyte>(),
            TypeCode.Byte => Of<byte>(),
            TypeCode.Int16 => Of<short>(),
            TypeCode.UInt16 => Of<ushort>(),
            TypeCode.Int32 => Of<int>(),
            TypeCode.UInt32 => Of<uint>(),
            TypeCode.Int64 => Of<long>(),
            TypeCode.UInt64 => Of<ulong>(),
            _ => throw new NotSupportedException($"Expected a number in column '{column.Name}', found {column.Type}."),
        };

        float[] Of<T>() where T : INumberBase<T> => [.. view.GetColumn<T>(column).Select(float.CreateChecked)];
    }
}
