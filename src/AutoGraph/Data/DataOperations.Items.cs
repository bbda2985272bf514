using AutoGraph.Core.Graphs;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace AutoGraph;

public sealed partial class DataOperations
{
    /// <summary>Adds to each item the ids of its neighbours in a graph: the column that <see cref="SideTable.NeighborsColumn"/> names, for <see cref="Enhancement.TopoI2I"/>.</summary>
    /// <remarks>The graph is kept with the view, by row id; an item without neighbours gets an empty vector. Ids are written as the other tables refer to them.</remarks>
    /// <param name="items">The item table, rows in the order that the graph was made in; any view whose row ids are stable and distinct, as ML.NET's are.</param>
    /// <param name="itemId">Its id column.</param>
    /// <param name="neighbors">[I, I] neighbours by row position, as of <c>ItemSimilarity.JudgeAsync</c> and <c>ItemSimilarity.Graph</c> of AutoGraph.Semantics.</param>
    /// <param name="outputColumnName">The column added, a vector of text of any length.</param>
    /// <exception cref="ArgumentException">The id column is missing or of a wrong type, an id or row id is repeated, the graph is of another number of items, or the output has no name.</exception>
    public IDataView NeighborIds(IDataView items, string itemId, Adjacency neighbors, string outputColumnName)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(neighbors);
        ArgumentException.ThrowIfNullOrWhiteSpace(outputColumnName);
        var (index, rows) = IndexOf(items, itemId);
        if (neighbors.RowCount != index.Count || neighbors.ColumnCount != index.Count)
            throw new ArgumentException($"Expected a graph of the {index.Count} items of the table, found one of {neighbors.RowCount} rows and {neighbors.ColumnCount} columns. Make it of the rows of this table, in their order.", nameof(neighbors));
        ((IHostEnvironment)_context).Log("NeighborIds", [$"'{outputColumnName}': {neighbors.EdgeCount} neighbours of {index.Count} items."]);
        return new AddedColumnView<VBuffer<ReadOnlyMemory<char>>>(items, new(outputColumnName, new VectorDataViewType(TextDataViewType.Instance)),
            (DataViewRowId id, ref VBuffer<ReadOnlyMemory<char>> value) =>
            {
                var own = neighbors.Neighbors(rows[id]);
                var editor = VBufferEditor.Create(ref value, own.Length);
                for (int i = 0; i < own.Length; i++) editor.Values[i] = index[own[i]].AsMemory();
                value = editor.Commit();
            });
    }
}
