using System.Text;
using Parquet;

namespace AutoGraph;

/// <inheritdoc/>
/// <typeparam name="TFile">A value as the library reads it.</typeparam>
/// <typeparam name="T">A value as the view gives it.</typeparam>
/// <typeparam name="TValue">What a row gives: <typeparamref name="T"/>, or a vector of it.</typeparam>
internal abstract class TypedChunk<TFile, T, TValue>(ColumnSource source, ValueKind<TFile, T> kind) : ColumnChunk<TValue>(source) where TFile : struct where T : struct
{
    private TFile[] _read = [];

    /// <summary>First packed, as the library reads them; once arranged, with what stands for null in between.</summary>
    protected T[] Values { get; private set; } = [];

    protected int MaxDefinition { get; } = source.Field.MaxDefinitionLevel;

    internal override void Prepare(long values, int rows, Levels levels)
    {
        bool fits = Source.Column.IsList ? values >= rows && values <= Array.MaxLength : values == rows;
        if (!fits) throw Damaged($"column '{Source.Column.Name}' has {values} values in a row group of {rows} rows");
        levels.Prepare((int)values, Source);
        _read = Levels.Room(_read, (int)values);
    }

    internal override async Task ReadAsync(ParquetRowGroupReader group, Levels levels) => await group.ReadRawAsync(
        Source.Field, _read.AsMemory(0, levels.Count), levels.DefinitionsOf(Source.Field), levels.RepetitionsOf(Source.Field)).ConfigureAwait(false);

    /// <summary>Makes the values the view's, and puts what stands for null in its places: the defined values become all elements.</summary>
    protected void Spread(int defined, int elements, long firstRow, Levels levels)
    {
        Convert(defined, firstRow, levels);
        int from = defined - 1, to = elements - 1;
        if (from < to && !kind.HasMissing) throw Missing(firstRow + RowOf(levels, Source.ElementLevel, level => level < MaxDefinition, 0));
        // from the end, so that no value is written over before it has moved; where both meet, no null is left before them
        for (int place = levels.Count - 1; from < to; place--)
        {
            if (levels.Definitions[place] == MaxDefinition) Values[to--] = Values[from--];
            else if (levels.Definitions[place] >= Source.ElementLevel) Values[to--] = kind.Missing;
        }
    }

    protected InvalidDataException Damaged(string found) => ParquetFile.Damaged(Source.Path, found, null);

    protected InvalidDataException DamagedLevels() => Damaged($"the levels of column '{Source.Column.Name}' are no rows");

    private void Convert(int count, long firstRow, Levels levels)
    {
        if (kind.Convert is not { } convert)
        {
            Values = (T[])(object)_read;     // the same type
            return;
        }
        if (Values.Length < _read.Length) Values = new T[_read.Length];
        int index = 0;
        try
        {
            for (; index < count; index++) Values[index] = convert(_read[index]);
        }
        catch (DecoderFallbackException exception)
        {
            throw NoText(firstRow + RowOf(levels, MaxDefinition, level => true, index), exception);
        }
    }

    // the row, in the row group, of the index-th place of at least this level that fits
    private int RowOf(Levels levels, int least, Func<int, bool> fits, int index)
    {
        int row = -1;
        for (int place = 0; place < levels.Count; place++)
        {
            if (!Source.Column.IsList || levels.Repetitions[place] == 0) row++;
            int definition = MaxDefinition > 0 ? levels.Definitions[place] : 0;
            if (definition >= least && fits(definition) && index-- == 0) break;
        }
        return row;
    }
}
