using System.Numerics.Tensors;
using AutoGraph.Core.Interactions;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace AutoGraph;

public sealed partial class DataOperations
{
    /// <summary>Adds to each user the normalised mean of the item vectors of the user's training positives (user text "Mean" of the method).</summary>
    /// <remarks>A user without training positives gets the mean over all of them: the taste of the crowd. As made of training rows, the column is no feature by default (<see cref="SideTable.Features"/>).</remarks>
    /// <param name="users">The user table.</param>
    /// <param name="userId">Its id column.</param>
    /// <param name="train">Training interactions only; held-out rows would leak.</param>
    /// <param name="items">The item table, with the vectors.</param>
    /// <param name="itemId">Its id column.</param>
    /// <param name="vectorColumn">Its column of vectors, such as the output of <c>SemanticVector</c>.</param>
    /// <param name="outputColumnName">The column added to the users.</param>
    /// <param name="columns">Column names of the interactions; null: the defaults.</param>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type, an id is repeated, or interactions name unknown users or items.</exception>
    public IDataView MeanItemVectors(IDataView users, string userId, IDataView train, IDataView items, string itemId, string vectorColumn, string outputColumnName, InteractionColumns? columns = null)
    {
        var (index, rows) = IndexOf(users, userId);
        var (itemIndex, _) = IndexOf(items, itemId);
        var vectors = VectorTable.Read(items, vectorColumn);
        var table = InteractionReader.Read(train, columns ?? InteractionColumns.Default, index, itemIndex).Table;
        int width = vectors.Width;
        if ((long)index.Count * width > Array.MaxLength)
            throw new ArgumentException($"Expected at most {Array.MaxLength} values of all users together, found {index.Count} users of {width} values each. Use an encoder of fewer values.");
        var (means, crowd) = (new float[index.Count * width], new double[width]);
        for (int row = 0; row < table.Count; row++)
        {
            var vector = vectors.Values.AsSpan(table.ItemOf[row] * width, width);
            var sum = means.AsSpan(table.UserOf[row] * width, width);
            TensorPrimitives.Add(sum, vector, sum);
            for (int slot = 0; slot < width; slot++) crowd[slot] += vector[slot];      // in double: millions of rows
        }
        ((IHostEnvironment)_context).Log("MeanItemVectors", [$"'{outputColumnName}': the mean of {width} values over {table.Count} training interactions for {index.Count} users."]);
        var active = new HashSet<int>(table.UserOf.ToArray());
        for (int user = 0; user < index.Count; user++)
        {
            var mean = means.AsSpan(user * width, width);
            if (!active.Contains(user)) TensorPrimitives.ConvertTruncating<double, float>(crowd, mean);
            float norm = TensorPrimitives.Norm<float>(mean);
            if (norm > 0) TensorPrimitives.Divide(mean, norm, mean);
        }
        return new AddedColumnView<VBuffer<float>>(users, FromTraining.Column(outputColumnName, new VectorDataViewType(NumberDataViewType.Single, width)),
            (DataViewRowId id, ref VBuffer<float> value) => value.Set<float>(means.AsSpan(rows[id] * width, width)));
    }

    /// <summary>Adds to each user the titles of the earliest training positives, for user prompts (which read them from "History").</summary>
    /// <remarks>As made of training rows, the column is no feature by default (<see cref="SideTable.Features"/>).</remarks>
    /// <param name="users">The user table.</param>
    /// <param name="userId">Its id column.</param>
    /// <param name="train">Training interactions only; held-out rows would leak.</param>
    /// <param name="items">The item table.</param>
    /// <param name="itemId">Its id column.</param>
    /// <param name="titleColumn">Its column of titles.</param>
    /// <param name="outputColumnName">The column added to the users, a vector of text. Default "History".</param>
    /// <param name="count">Titles at most, at least 1. Default 30 (paper §3.2.1).</param>
    /// <param name="columns">Column names of the interactions; null: the defaults.</param>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type, an id is repeated, or interactions name unknown users or items.</exception>
    public IDataView EarliestTitles(IDataView users, string userId, IDataView train, IDataView items, string itemId, string titleColumn, string outputColumnName = "History", int count = 30, InteractionColumns? columns = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var title = ColumnKind.Text.Require(items.Schema, titleColumn, "the title");
        var (index, rows) = IndexOf(users, userId);
        var (itemIndex, _) = IndexOf(items, itemId);
        string[] titles = [.. items.GetColumn<ReadOnlyMemory<char>>(title).Select(text => text.ToString())];
        var histories = new UserHistories(InteractionReader.Read(train, columns ?? InteractionColumns.Default, index, itemIndex).Table);
        ((IHostEnvironment)_context).Log("EarliestTitles", [$"'{outputColumnName}': up to {count} titles for {index.Count} users."]);
        return new AddedColumnView<VBuffer<ReadOnlyMemory<char>>>(users, FromTraining.Column(outputColumnName, new VectorDataViewType(TextDataViewType.Instance)),
            (DataViewRowId id, ref VBuffer<ReadOnlyMemory<char>> value) =>
            {
                var own = histories.ItemsOf(rows[id]);
                value.SetTexts([.. own[..Math.Min(own.Length, count)].ToArray().Select(item => titles[item])]);
            });
    }

    private static (EntityIndex Index, Dictionary<DataViewRowId, int> Rows) IndexOf(IDataView view, string idColumn)
    {
        var column = ColumnKind.Id.Require(view.Schema, idColumn, "the id");
        var (ids, rows) = (new List<string>(), new Dictionary<DataViewRowId, int>());
        using var cursor = view.GetRowCursor([column]);
        var (read, getRowId) = (ColumnReader.Id(cursor, column), cursor.GetIdGetter());
        for (DataViewRowId rowId = default; cursor.MoveNext();)
        {
            getRowId(ref rowId);
            rows[rowId] = ids.Count;
            ids.Add(read());
        }
        if (rows.Count < ids.Count) throw new ArgumentException("Expected distinct row ids in the view, found repeated ones. Cache the view first: mlContext.Data.Cache(view).");
        if (ids.Count == 0) throw new ArgumentException($"Expected rows with an id in column '{idColumn}', found an empty table. Check the file and the filters before this step.");
        return (new EntityIndex(ids), rows);
    }
}
