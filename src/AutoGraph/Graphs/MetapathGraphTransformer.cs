using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>A fitted <see cref="MetapathGraphEstimator"/>: writes the graph vectors of a row's user and item.</summary>
/// <remarks>Immutable; safe for concurrent use. A recommender that follows trains a copy and never changes it.</remarks>
public sealed class MetapathGraphTransformer : BatchTransformer
{
    internal const string KindName = "MetapathGraph";
    private readonly InteractionColumns _columns;
    private readonly GraphVectorColumns _vectors;

    internal MetapathGraphTransformer(GraphState state, InteractionColumns columns)
        : base(batchSize: 64) => (State, _columns, _vectors) = (state, columns, new GraphVectorColumns(state));

    internal GraphState State { get; }

    /// <summary>The fitted pipeline that made the users' codes, or null.</summary>
    public ITransformer? UserPipeline => State.Users.Pipeline;

    /// <summary>The fitted pipeline that made the items' codes, or null.</summary>
    public ITransformer? ItemPipeline => State.Items.Pipeline;

    /// <summary>How much each path is used; null without <see cref="MetapathGraphOptions.Gates"/>. Zeros where a recommender trains the graph: ask it.</summary>
    public MetapathGates? Gates => State.Model.Gates;

    /// <summary>Ids of the users that have a graph vector.</summary>
    public IReadOnlyList<string> UserIds => State.Users.Ids.Ids;

    /// <summary>Ids of the items that have a graph vector.</summary>
    public IReadOnlyList<string> ItemIds => State.Items.Ids.Ids;

    /// <summary>The graph vector of a user, as the column UserGraphVector has it: of an unknown id the mean of all users. Of initial weights where a recommender trains the graph: ask it.</summary>
    public ReadOnlySpan<float> UserVector(string userId) => _vectors.UserVector(userId);

    /// <summary>The graph vector of an item, as the column ItemGraphVector has it: of an unknown id the mean of all items. Of initial weights likewise.</summary>
    public ReadOnlySpan<float> ItemVector(string itemId) => _vectors.ItemVector(itemId);

    private protected override string Kind => KindName;

    internal override IEnumerable<string> Inputs(DataViewSchema schema) =>
        [ColumnKind.Id.Require(schema, _columns.User, "the user id").Name, ColumnKind.Id.Require(schema, _columns.Item, "the item id").Name];

    internal override DataViewSchema.DetachedColumn[] Outputs() => GraphVectorColumns.OutputsOf(State.Model.Options, State);

    internal override RowBatch NewBatch(DataViewRow input, int size, bool[] wanted) => new Batch(_vectors, _columns, input, size);

    /// <summary>The same graph with pipelines changed; see <see cref="AutoGraphCatalog.Attach"/>.</summary>
    internal MetapathGraphTransformer WithPipelines(Func<ITransformer, ITransformer> change) => new(State with
    {
        Users = State.Users with { Pipeline = State.Users.Pipeline is { } users ? change(users) : null },
        Items = State.Items with { Pipeline = State.Items.Pipeline is { } items ? change(items) : null },
    }, _columns);

    internal static MetapathGraphTransformer Load(PartReader part)
    {
        NativeRuntime.Require();
        var columns = InteractionColumnsIo.Load(part);
        var (users, items) = (FittedSide.Load(part, "Users"), FittedSide.Load(part, "Items"));
        var tensors = part.Tensors("Graph");
        return new(new GraphState(users, items, part.Build("Graph", () => MetapathGraphModel.Load(tensors))), columns);
    }

    private protected override void Write(PartWriter part)
    {
        InteractionColumnsIo.Save(part, _columns);
        State.Users.Write(part, "Users");
        State.Items.Write(part, "Items");
        part.Tensors("Graph", State.Model.Save());
    }

    private sealed class Batch(GraphVectorColumns vectors, InteractionColumns columns, DataViewRow input, int size) : RowBatch
    {
        private readonly Func<string> _readUser = ColumnReader.Id(input, input.Schema[columns.User]);
        private readonly Func<string> _readItem = ColumnReader.Id(input, input.Schema[columns.Item]);
        private readonly (string User, string Item)[] _ids = new (string, string)[size];

        internal override void Read(int slot) => _ids[slot] = (_readUser(), _readItem());

        internal override void Run(int count) { }

        internal override Delegate Getter(int output) => output switch
        {
            0 => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => value.Set(vectors.UserVector(_ids[Current].User))),
            1 => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => value.Set(vectors.ItemVector(_ids[Current].Item))),
            _ => (ValueGetter<float>)((ref float value) => value = vectors.ScoreOf(_ids[Current].User, _ids[Current].Item)),
        };
    }
}
