using Parquet;
using Parquet.Schema;

namespace AutoGraph;

/// <summary>One column's values of the row group that a cursor stands in.</summary>
internal abstract class ColumnChunk(ColumnSource source)
{
    internal ColumnSource Source { get; } = source;

    /// <summary>Makes room for so many values and nulls, as the file says.</summary>
    /// <exception cref="InvalidDataException">Not so many rows can have so many values.</exception>
    internal abstract void Prepare(long values, int rows, Levels levels);

    internal abstract Task ReadAsync(ParquetRowGroupReader group, Levels levels);

    /// <summary>Lays what was read out by row, and checks it; messages count rows from the row group's first in the file.</summary>
    /// <exception cref="InvalidDataException">Values are missing that must not, or a row has another number of them than expected.</exception>
    internal abstract void Arrange(long firstRow, Levels levels);

    private protected InvalidDataException Missing(long row) => new(
        $"Expected a value in column '{Source.Column.Name}' of row {row} of '{Source.Path}', found null, for which {Source.Column.ItemType} has no value. Fill it in or make the column one of floating-point numbers where the file is written, or leave the column out.");

    private protected InvalidDataException NoText(long row, Exception cause) => new(
        $"Expected text in UTF-8 in column '{Source.Column.Name}' of row {row} of '{Source.Path}', found other bytes. Leave the column out, or write it as text.", cause);
}

/// <inheritdoc/>
internal abstract class ColumnChunk<TValue>(ColumnSource source) : ColumnChunk(source)
{
    internal abstract void Get(int row, ref TValue value);
}

/// <summary>Dremel levels of the column that is being read (Melnik et al. 2010): repetition 0 begins a row; the highest definition is a value. One pair of buffers serves all columns of a cursor.</summary>
internal sealed class Levels
{
    internal int[] Definitions { get; private set; } = [];

    internal int[] Repetitions { get; private set; } = [];

    internal int Count { get; private set; }

    internal void Prepare(int count, ColumnSource source)
    {
        Count = count;
        if (source.Field.MaxDefinitionLevel > 0) Definitions = Room(Definitions, count);
        if (source.Field.MaxRepetitionLevel > 0) Repetitions = Room(Repetitions, count);
    }

    internal Memory<int>? DefinitionsOf(DataField field) => field.MaxDefinitionLevel > 0 ? new Memory<int>(Definitions, 0, Count) : (Memory<int>?)null;

    internal Memory<int>? RepetitionsOf(DataField field) => field.MaxRepetitionLevel > 0 ? new Memory<int>(Repetitions, 0, Count) : (Memory<int>?)null;

    /// <summary>A buffer of zeros: what a damaged page does not fill is not taken from the row group before.</summary>
    internal static T[] Room<T>(T[] buffer, int count)
    {
        if (buffer.Length < count) return new T[count];
        Array.Clear(buffer, 0, count);
        return buffer;
    }
}
