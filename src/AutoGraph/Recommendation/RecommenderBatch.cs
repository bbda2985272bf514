using AutoGraph.Torch.Recommendation;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Scores a batch of rows; users who occur several times with their stored history are computed once.</summary>
internal sealed class RecommenderBatch : RowBatch
{
    private readonly GraphEnhancedRecommenderTransformer _owner;
    private readonly bool _scores;
    private readonly Func<string> _readUser;
    private readonly Func<string> _readItem;
    private readonly HistoryReader _history;
    private readonly (string User, string Item)[] _ids;
    private readonly int[] _queryOf;                                  // [rows] which query scores the row
    private readonly List<int> _users = [];                           // [queries]
    private readonly List<ReadOnlyMemory<int>> _histories = [];       // [queries]
    private readonly Dictionary<int, int> _storedQueryOf = [];        // user position -> query
    private readonly float[] _results;

    internal RecommenderBatch(GraphEnhancedRecommenderTransformer owner, DataViewRow input, int size, bool[] wanted)
    {
        (_owner, _scores, _ids, _queryOf, _results) = (owner, wanted[0], new (string, string)[size], new int[size], new float[size]);
        _readUser = ColumnReader.Id(input, input.Schema[owner.InteractionColumns.User]);
        _readItem = ColumnReader.Id(input, input.Schema[owner.InteractionColumns.Item]);
        _history = new HistoryReader(input, owner.InteractionColumns, owner.Items.Ids);
    }

    internal override void Read(int slot)
    {
        if (slot == 0)
        {
            _users.Clear();
            _histories.Clear();
            _storedQueryOf.Clear();
        }
        _ids[slot] = (_readUser(), _readItem());
        if (!_scores) return;
        int user = _owner.Users.Ids.PositionOf(_ids[slot].User);
        if (!_history.InRows && _storedQueryOf.TryGetValue(user, out _queryOf[slot])) return;
        _queryOf[slot] = _users.Count;
        if (!_history.InRows) _storedQueryOf.Add(user, _users.Count);
        _users.Add(user);
        _histories.Add(_history.InRows ? _history.Read() : _owner.Histories[user]);
    }

    internal override void Run(int count)
    {
        if (!_scores) return;
        int width = _owner.Model.Dimension, perUser = _owner.Model.VectorsPerUser * width;
        var vectors = new float[_users.Count * perUser];
        _owner.Model.UserVectors([.. _users], _histories, vectors);
        for (int row = 0; row < count; row++)
        {
            int item = _owner.Items.Ids.PositionOf(_ids[row].Item);
            var itemVector = item < 0 ? _owner.MeanItem : _owner.Model.ItemVectors.Span.Slice(item * width, width);
            _results[row] = TwoTowerRecommender.Score(vectors.AsSpan(_queryOf[row] * perUser, perUser), itemVector);
        }
    }

    internal override Delegate Getter(int output) => output switch
    {
        0 => (ValueGetter<float>)((ref float value) => value = _results[Current]),
        1 => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => value.Set(_owner.GraphVectors!.UserVector(_ids[Current].User))),
        _ => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => value.Set(_owner.GraphVectors!.ItemVector(_ids[Current].Item))),
    };
}
