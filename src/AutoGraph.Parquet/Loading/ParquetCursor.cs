using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Goes through the files' row groups, with the active columns of one in memory.</summary>
internal sealed class ParquetCursor(ParquetView view, HashSet<int> active) : DataViewRowCursor
{
    private readonly ColumnChunk?[] _chunks = new ColumnChunk?[view.Columns.Count];
    private readonly Levels _levels = new();
    private ParquetFile? _file;
    private int _part, _group = -1, _row = -1, _rows;       // the next rows come from row group _group + 1 of part _part
    private long _position = -1, _firstRow;
    private bool _ended;

    public override DataViewSchema Schema => view.Schema;

    public override long Position => _position;

    public override long Batch => 0;

    public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new((ulong)_position, 0);

    public override bool MoveNext()
    {
        if (_ended) return false;
        if (++_row >= _rows)
        {
            _ended = true;      // and stays so where reading fails
            if (!NextGroup())
            {
                End();
                return false;
            }
            _ended = false;
        }
        _position++;
        return true;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column)) throw new InvalidOperationException($"Column '{column.Name}' is not active: name it when the cursor is made.");
        if (typeof(TValue) != column.Type.RawType) throw new InvalidOperationException($"Column '{column.Name}' holds {column.Type}; it cannot be read as {typeof(TValue)}.");
        int index = column.Index;
        return (ref TValue value) =>
        {
            if (_ended || _position < 0) throw new InvalidOperationException($"The cursor stands on no row, so column '{column.Name}' has no value: call MoveNext first, and stop when it says false.");
            ((ColumnChunk<TValue>)_chunks[index]!).Get(_row, ref value);
        };
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) End();
        base.Dispose(disposing);
    }

    private bool NextGroup()
    {
        _firstRow += _rows;
        for (; _part < view.Parts.Count; _part++, _group = -1, _firstRow = 0)
        {
            int[] groups = view.Parts[_part].GroupRows;
            while (++_group < groups.Length)
            {
                if (groups[_group] == 0) continue;
                (_row, _rows) = (0, groups[_group]);
                if (active.Count > 0) ReadGroup();
                return true;
            }
            Close();
        }
        return false;
    }

    private void ReadGroup()
    {
        if (_file is null) Open();
        foreach (int index in active)
        {
            var chunk = _chunks[index]!;
            _file!.Fill(chunk, _group, _levels);
            chunk.Arrange(_firstRow, _levels);
        }
    }

    private void Open()
    {
        var part = view.Parts[_part];
        _file = ParquetFile.Open(part.Path);
        if (!_file.Part.GroupRows.AsSpan().SequenceEqual(part.GroupRows)) throw new InvalidDataException(
            $"Expected the row groups that '{part.Path}' had when it was loaded, found others: it was written anew since. Load it again.");
        foreach (int index in active)
        {
            var source = _file.SourceOf(view.Columns[index], view.Parts[0].Path);
            _chunks[index] = source.Kind.Chunk(source);
        }
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    private void End()
    {
        (_ended, _position, _row, _rows) = (true, -1, -1, 0);
        Array.Clear(_chunks);
        Close();
    }
}
