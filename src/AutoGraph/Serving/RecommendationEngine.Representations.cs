using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

public sealed partial class RecommendationEngine
{
    /// <summary>Vectors and codes of all items that are shown, for stores and tools outside; read from the snapshot of this moment.</summary>
    /// <returns>Columns Id (text), Vector ([D] of <see cref="float"/>; a user's score of an item is the dot product of theirs) and Codes ([T] of <see cref="int"/>, coarsest level first; empty without a graph).</returns>
    public IDataView ItemRepresentations()
    {
        var items = _snapshot.Items;
        return View(Enumerable.Range(0, items.Ids.Count).Where(item => !items.IsHidden(item))
            .Select(item => new Representation { Id = items.Ids[item], Vector = items.Vectors[item].ToArray(), Codes = items.Codes[item].ToArray() }), _model.Model.Dimension);
    }

    /// <summary>Vectors and codes of all users there are, with their histories as they are at this moment; computed while the view is read, in flat memory.</summary>
    /// <returns>
    /// Columns Id, Vector and Codes as in <see cref="ItemRepresentations"/>; of several vectors per user (<see cref="Backbone.Mind"/>) each has a row, beside each
    /// other, and the best of them counts.
    /// </returns>
    public IDataView UserRepresentations()
    {
        var snapshot = _snapshot;
        return View(Rows(snapshot), _model.Model.Dimension);

        IEnumerable<Representation> Rows(EngineSnapshot snapshot)
        {
            var (users, width) = (snapshot.Users, _model.Model.Dimension);
            foreach (int[] part in Enumerable.Range(0, users.Ids.Count).Where(user => !users.IsHidden(user)).Chunk(UsersPerPass))
            {
                float[][] vectors = [.. UserVectors(snapshot, part, [.. part.Select(user => users.Histories[user][0])]).Chunk(width)];
                for (int row = 0; row < vectors.Length; row++)
                {
                    int user = part[row / _model.Model.VectorsPerUser];
                    yield return new() { Id = users.Ids[user], Vector = vectors[row], Codes = users.Codes[user][0] };
                }
            }
        }
    }

    private IDataView View(IEnumerable<Representation> rows, int dimension)
    {
        var schema = SchemaDefinition.Create(typeof(Representation));
        schema[nameof(Representation.Vector)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dimension);
        return _context.Data.LoadFromEnumerable(rows, schema);
    }

    private sealed class Representation
    {
        public string Id { get; set; } = "";
        public float[] Vector { get; set; } = [];
        public int[] Codes { get; set; } = [];
    }
}
