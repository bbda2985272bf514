using Parquet.Meta;
using Parquet.Schema;

namespace AutoGraph;

/// <summary>Where a file has a column of a view; the field of a list is that of its elements.</summary>
internal sealed record ColumnSource(string Path, LoadedColumn Column, DataField Field, ValueKind Kind)
{
    /// <summary>The definition level from which on there is an element, if only a null.</summary>
    internal int ElementLevel => Field is { IsNullable: true, IsArray: false } ? Field.MaxDefinitionLevel - 1 : Field.MaxDefinitionLevel;

    /// <summary>
    /// The encoding of a chunk that Parquet.Net 6.1 reads as other values without a word: run lengths of truth values, and texts that share beginnings (both of data pages of version 2,
    /// for most writers); null where it has none of them.
    /// </summary>
    internal Encoding? MisreadEncoding(ColumnMetaData chunk)
    {
        if (chunk.Encodings.Contains(Encoding.DELTA_BYTE_ARRAY)) return Encoding.DELTA_BYTE_ARRAY;
        if (Field.ClrType != typeof(bool)) return null;
        // levels have run lengths too: what the values have is told by page, or else by what is not there
        bool runLengths = chunk.EncodingStats?.Any(pages => pages.PageType is PageType.DATA_PAGE or PageType.DATA_PAGE_V2 && pages.Encoding == Encoding.RLE)
            ?? !chunk.Encodings.Any(encoding => encoding is Encoding.PLAIN or Encoding.PLAIN_DICTIONARY or Encoding.RLE_DICTIONARY);
        return runLengths ? Encoding.RLE : null;
    }
}
