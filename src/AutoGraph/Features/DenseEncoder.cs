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

    internal override string Expected => "a number (Single or Double) or several of Single";

    internal override bool Accepts(DataViewType type) => ColumnKind.Vector.Accepts(type) || type == NumberDataViewType.Single || type == NumberDataViewType.Double;

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
        if (column.Type is VectorDataViewType) return VectorTable.Read(view, name);
        var values = column.Type == NumberDataViewType.Single ? [.. view.GetColumn<float>(column)] : view.GetColumn<double>(column).Select(value => (float)value).ToArray();
        int bad = Array.FindIndex(values, value => !float.IsFinite(value));
        return bad < 0 ? new VectorTable(values, 1)
            : throw new ArgumentException($"Expected finite values in column '{name}', found {values[bad]} in row {bad}. Replace missing values first: Transforms.ReplaceMissingValues.");
    }
}
