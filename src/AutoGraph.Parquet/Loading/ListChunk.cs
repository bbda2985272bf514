using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>A list per row.</summary>
internal sealed class ListChunk<TFile, T>(ColumnSource source, ValueKind<TFile, T> kind) : TypedChunk<TFile, T, VBuffer<T>>(source, kind) where TFile : struct where T : struct
{
    private int[] _starts = [];     // of each row among the values, and one more
    private int _rows;

    internal override void Prepare(long values, int rows, Levels levels)
    {
        base.Prepare(values, rows, levels);
        _rows = rows;
        if (_starts.Length <= rows) _starts = new int[rows + 1];
    }

    internal override void Arrange(long firstRow, Levels levels)
    {
        var (defined, elements) = Divide(levels);
        if (Source.Column.Size is { } size)
        {
            for (int row = 0; row < _rows; row++)
                if (_starts[row + 1] - _starts[row] is var found && found != size) throw new InvalidDataException(
                    $"Expected {size} values in column '{Source.Column.Name}' of row {firstRow + row} of '{Source.Path}', found {found}. Correct the row, or give the size that all rows have in {nameof(ParquetLoadOptions)}.{nameof(ParquetLoadOptions.VectorSizes)}.");
        }
        Spread(defined, elements, firstRow, levels);
    }

    internal override void Get(int row, ref VBuffer<T> value)
    {
        int length = _starts[row + 1] - _starts[row];
        var editor = VBufferEditor.Create(ref value, length);
        Values.AsSpan(_starts[row], length).CopyTo(editor.Values);
        value = editor.Commit();
    }

    /// <summary>Finds the rows.</summary>
    private (int Defined, int Elements) Divide(Levels levels)
    {
        int row = 0, defined = 0, elements = 0, full = MaxDefinition, least = Source.ElementLevel;
        ReadOnlySpan<int> definitions = levels.Definitions.AsSpan(0, levels.Count), repetitions = levels.Repetitions.AsSpan(0, levels.Count);
        if (!definitions.ContainsAnyExcept(full)) return DivideFull(repetitions);
        for (int place = 0; place < definitions.Length; place++)
        {
            int definition = definitions[place];
            if (repetitions[place] == 0)
            {
                if (row == _rows) throw DamagedLevels();
                _starts[row++] = elements;
            }
            else if (repetitions[place] != 1 || row == 0 || definition < least) throw DamagedLevels();
            if ((uint)definition > (uint)full) throw DamagedLevels();
            if (definition >= least) elements++;
            if (definition == full) defined++;
        }
        if (row != _rows) throw DamagedLevels();
        _starts[row] = elements;
        return (defined, elements);
    }

    /// <summary>The same, many levels at a time, where no value is null and no list empty, as with embeddings.</summary>
    private (int Defined, int Elements) DivideFull(ReadOnlySpan<int> repetitions)
    {
        int row = 0;
        for (int place = 0; place < repetitions.Length;)
        {
            if (repetitions[place] != 0 || row == _rows) throw DamagedLevels();
            _starts[row++] = place;
            int rest = repetitions[(place + 1)..].IndexOfAnyExcept(1);
            place = rest < 0 ? repetitions.Length : place + 1 + rest;
        }
        if (row != _rows) throw DamagedLevels();
        _starts[row] = repetitions.Length;
        return (repetitions.Length, repetitions.Length);
    }
}
