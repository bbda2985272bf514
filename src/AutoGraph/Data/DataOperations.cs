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
        ArgumentOutOfRangeException.ThrowIfLessThan(minHistory, 1);
        return Split(interactions, columns, nameof(LeaveOneOut), table => Core.Interactions.LeaveOneOut.Split(table, minHistory));
    }

    /// <summary>
    /// Splits at two moments that hold for all users, so that nothing that trains is later than anything that validates or tests: rows before the first train, and of later ones those with at least
    /// <paramref name="minHistory"/> earlier of their user validate or test, any number per user. Other later rows serve as history alone.
    /// </summary>
    /// <inheritdoc cref="LeaveOneOut" path="/remarks"/>
    /// <param name="interactions">Positive interactions; any view whose row ids are stable and distinct, as ML.NET's are.</param>
    /// <param name="validationFrom">Part of the rows, by time, before the first moment, above 0 and below 1. Default 0.8.</param>
    /// <param name="testFrom">Part of the rows before the second moment, at least <paramref name="validationFrom"/> and below 1. Default 0.9.</param>
    /// <param name="columns">Column names; null: "UserId", "ItemId", "Timestamp", "History".</param>
    /// <param name="minHistory">Earlier positives that make a row a sample, at least 1. Default 5.</param>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type, the table is empty, row ids repeat, or too many rows share one time for these parts.</exception>
    public InteractionSplit GlobalTimeSplit(IDataView interactions, double validationFrom = 0.8, double testFrom = 0.9, InteractionColumns? columns = null, int minHistory = Core.Interactions.LeaveOneOut.DefaultMinHistory) =>
        Split(interactions, columns, nameof(GlobalTimeSplit), table => Core.Interactions.GlobalTimeSplit.AtQuantiles(table, validationFrom, testFrom, minHistory));

    /// <summary>The same at given moments.</summary>
    /// <inheritdoc cref="GlobalTimeSplit"/>
    /// <param name="interactions">Positive interactions; any view whose row ids are stable and distinct, as ML.NET's are.</param>
    /// <param name="validationFrom">First moment of validation, in the unit of the column of times: of <see cref="DateTime"/> the <see cref="DateTime.Ticks"/>, of <see cref="DateTimeOffset"/> the <see cref="DateTimeOffset.UtcTicks"/>.</param>
    /// <param name="testFrom">First moment of testing, at least <paramref name="validationFrom"/>.</param>
    /// <param name="columns">Column names; null: "UserId", "ItemId", "Timestamp", "History".</param>
    /// <param name="minHistory">Earlier positives that make a row a sample, at least 1. Default 5.</param>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type, the table is empty, row ids repeat, or no row is earlier than the first moment.</exception>
    public InteractionSplit GlobalTimeSplitAt(IDataView interactions, long validationFrom, long testFrom, InteractionColumns? columns = null, int minHistory = Core.Interactions.LeaveOneOut.DefaultMinHistory)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        if ((columns ?? InteractionColumns.Default).Timestamp is not { } name) throw new ArgumentException("Expected a column of times to split at moments, found none named. Set InteractionColumns.Timestamp, or split with LeaveOneOut.", nameof(columns));
        var time = ColumnKind.Time.Require(interactions.Schema, name, "the time of the interaction");
        // here, for the message: the moments of real numbers become others below
        if (testFrom < validationFrom) throw new ArgumentException($"Expected testFrom at or after validationFrom, found {testFrom} and {validationFrom}.", nameof(testFrom));
        return Split(interactions, columns, nameof(GlobalTimeSplitAt), table => Core.Interactions.GlobalTimeSplit.AtTimes(table, ColumnReader.Moment(time, validationFrom), ColumnReader.Moment(time, testFrom), minHistory));
    }

    private InteractionSplit Split(IDataView interactions, InteractionColumns? names, string operation, Func<InteractionTable, DataSplit> divide)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        var columns = names ?? InteractionColumns.Default;
        var (table, rowIds) = InteractionReader.Read(interactions, columns, withRowIds: true);
        if (new HashSet<DataViewRowId>(rowIds).Count < rowIds.Count)
            throw new ArgumentException("Expected distinct row ids in the view of interactions, found repeated ones. Cache the view first: mlContext.Data.Cache(interactions).");
        var split = divide(table);
        var histories = new UserHistories(table);
        ((IHostEnvironment)_context).Log(operation,
            [$"{table.Count} interactions of {table.Users.Count} users: {split.Train.Count} train ({split.TrainSamples} as samples), {split.Validation.Count} validate, {split.Test.Count} test, {table.Count - split.Train.Count - split.Validation.Count - split.Test.Count} serve as history alone."]);
        var trains = new bool[rowIds.Count];
        foreach (int row in split.Train) trains[row] = true;
        var others = rowIds.Where((_, row) => !trains[row]).ToHashSet();       // kept with the views, and far fewer than those that train
        return new InteractionSplit(
            new RowFilterView(interactions, split.Train.Count, row => !others.Contains(row)),
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
