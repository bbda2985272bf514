using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>A column of a view of files. The size is that of a list in every row; null where rows differ.</summary>
internal sealed record LoadedColumn(string Name, PrimitiveDataViewType ItemType, bool IsList, int? Size)
{
    internal DataViewType Type => IsList ? new VectorDataViewType(ItemType, Size ?? 0) : ItemType;    // 0: variable
}

/// <summary>A file of a view: its rows by row group, as they were when the view was made.</summary>
internal sealed record ParquetPart(string Path, int[] GroupRows);
