using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>How codes stand in a view: a vector of keys, one slot per level, key = code + 1 (0 would be missing).</summary>
internal static class CodeColumns
{
    internal static DataViewSchema.DetachedColumn Codes(string name, int levels, int codebookSize)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add("KeyValues", new VectorDataViewType(TextDataViewType.Instance, codebookSize), (ref VBuffer<ReadOnlyMemory<char>> value) =>
            value.SetTexts([.. Enumerable.Range(0, codebookSize).Select(code => code.ToString(CultureInfo.InvariantCulture))]));
        annotations.Add("SlotNames", new VectorDataViewType(TextDataViewType.Instance, levels), (ref VBuffer<ReadOnlyMemory<char>> value) =>
            value.SetTexts([.. Enumerable.Range(0, levels).Select(level => string.Create(CultureInfo.InvariantCulture, $"Level{level}"))]));
        return new(name, new VectorDataViewType(new KeyDataViewType(typeof(uint), codebookSize), levels), annotations.ToAnnotations());
    }

    internal static DataViewSchema.DetachedColumn Vector(string name, int width) => new(name, new VectorDataViewType(NumberDataViewType.Single, width));
}
