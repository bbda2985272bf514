using AutoGraph.Core.Features;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Turns one column into a feature field: what a fit learned of it (vocabulary, or mean and scale).</summary>
internal abstract record FieldEncoder(string Name)
{
    /// <summary>Reads the column and learns from it; null where the column cannot serve as a feature.</summary>
    internal static FieldEncoder? Fit(IDataView view, string name)
    {
        var type = view.Schema[name].Type;
        if (ColumnKind.Id.Accepts(type) || type is BooleanDataViewType) return CategoricalEncoder.Learn(view, name);
        if (ColumnKind.Ids.Accepts(type)) return MultiCategoricalEncoder.Learn(view, name);
        if (ColumnKind.Numeric.Accepts(type) || type == NumberDataViewType.Single || type == NumberDataViewType.Double) return DenseEncoder.Learn(view, name);
        return null;
    }

    /// <summary>What a column must hold, in words.</summary>
    internal abstract string Expected { get; }

    /// <summary>Whether a column of that type can be encoded.</summary>
    internal abstract bool Accepts(DataViewType type);

    /// <summary>Encodes the column of a view of the same schema.</summary>
    internal abstract FeatureField Encode(IDataView view);

    internal abstract void Write(BinaryWriter writer);

    internal static FieldEncoder Read(BinaryReader reader)
    {
        var (kind, name) = (reader.ReadByte(), reader.ReadString());
        return kind switch
        {
            CategoricalEncoder.Tag => new CategoricalEncoder(name, Vocabulary.Read(reader)),
            MultiCategoricalEncoder.Tag => new MultiCategoricalEncoder(name, Vocabulary.Read(reader)),
            DenseEncoder.Tag => DenseEncoder.ReadBody(name, reader),
            _ => throw new InvalidDataException($"Expected a kind of feature from 0 to 2 for '{name}', found {kind}."),
        };
    }
}
