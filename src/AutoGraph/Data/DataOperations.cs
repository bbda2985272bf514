using System.Diagnostics.CodeAnalysis;
using AutoGraph.Core.Interactions;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace AutoGraph;

/// <summary>Loading, splitting and enriching tables for AutoGraph; see <see cref="AutoGraphCatalog.Data"/>.</summary>
/// <remarks>Safe for concurrent use.</remarks>
[SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "Operations are reached through the context, as in ML.NET's own catalogs.")]
public sealed partial class DataOperations
{
    private readonly MLContext _context;

    internal DataOperations(MLContext context) => _context = context;

    /// <summary>
    /// Splits as the paper does (App. B): of each user's interactions with at least <paramref name="minHistory"/> earlier
    /// ones, the last tests, the second last validates, all others train. One row never serves two splits.
    /// </summary>
    /// <remarks>
    /// Validation and test rows carry everything of their user that is earlier than the row, oldest first and whole, as a
    /// vector of text in the history column; ties in time are ordered by row.
    /// </remarks>
    /// <param name="interactions">Positive interactions; any view whose row ids are stable and distinct, as ML.NET's are.</param>
    /// <param name="columns">Column names; null: "UserId", "ItemId", "Timestamp", "History".</param>
    /// <param name="minHistory">Earlier positives that make a row a sample, at least 1. Default 5 (the authors' value).</param>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type, the table is empty, or row ids repeat.</exception>
    public InteractionSplit LeaveOneOut(IDataView interactions, InteractionColumns? columns = null, int minHistory = Core.Interactions.LeaveOneOut.DefaultMinHistory)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        ArgumentOutOfRangeException.ThrowIfLessThan(minHistory, 1);
        columns ??= InteractionColumns.Default;
        var (table, rowIds) = InteractionReader.Read(interactions, columns, withRowIds: true);
        if (new HashSet<DataViewRowId>(rowIds).Count < rowIds.Count)
            throw new ArgumentException("Expected distinct row ids in the view of interactions, found repeated ones. Cache the view first: mlContext.Data.Cache(interactions).");
        var split = Core.Interactions.LeaveOneOut.Split(table, minHistory);
        var histories = new UserHistories(table);
        ((IHostEnvironment)_context).Log("LeaveOneOut",
            [$"{table.Count} interactions of {table.Users.Count} users: {split.Train.Count} train ({split.TrainSamples} as samples), {split.Validation.Count} validate, {split.Test.Count} test."]);
        var held = split.Validation.Concat(split.Test).Select(row => rowIds[row]).ToHashSet();
        return new InteractionSplit(
            new RowFilterView(interactions, split.Train.Count, row => !held.Contains(row)),
            HeldOut(split.Validation),
            HeldOut(split.Test));

        IDataView HeldOut(IReadOnlyList<int> rows)
        {
            var numbers = rows.ToDictionary(row => rowIds[row]);
            var type = new VectorDataViewType(TextDataViewType.Instance);
            return new AddedColumnView<VBuffer<ReadOnlyMemory<char>>>(
                new RowFilterView(interactions, rows.Count, numbers.ContainsKey),
                new DataViewSchema.DetachedColumn(columns.History, type),
                (DataViewRowId id, ref VBuffer<ReadOnlyMemory<char>> value) => Write(History(numbers[id]), ref value));
        }

        ReadOnlySpan<int> History(int row)
        {
            int user = table.UserOf[row];
            return histories.ItemsOf(user)[..histories.RowsOf(user).IndexOf(row)];
        }

        void Write(ReadOnlySpan<int> items, ref VBuffer<ReadOnlyMemory<char>> value)
        {
            var editor = VBufferEditor.Create(ref value, items.Length);
            for (int i = 0; i < items.Length; i++) editor.Values[i] = table.Items[items[i]].AsMemory();
            value = editor.Commit();
        }
    }
}
