using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

public class BatchTransformerTests
{
    private readonly MLContext _context = new(seed: 1);

    private static Lengths NewTransformer(int batchSize = 4) => new(batchSize);

    private IDataView Rows(int count) => _context.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new Row { Text = new string('x', i) }).ToList());

    private static int[] Read(IDataView view) => [.. view.GetColumn<int>(view.Schema["Length"])];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(11)]
    public void Transform_AnyNumberOfRows_KeepsOrderAndComputesInBatches(int count)
    {
        var transformer = NewTransformer();
        Assert.Equal(Enumerable.Range(0, count), Read(transformer.Transform(Rows(count))));
        Assert.Equal((count + 3) / 4, transformer.Runs);
    }

    [Fact]
    public void Transform_ColumnNotWanted_ComputesNothing()
    {
        var transformer = NewTransformer();
        var view = transformer.Transform(Rows(9));
        Assert.Equal(9, Tables.Texts(view, "Text").Length);
        Assert.Equal(0, transformer.Runs);
    }

    [Fact]
    public void Transform_Shuffled_KeepsValuesWithTheirRows()
    {
        var view = _context.Data.ShuffleRows(NewTransformer().Transform(_context.Data.Cache(Rows(50))), seed: 5);
        var lengths = Read(view);
        Assert.Equal(Tables.Texts(view, "Text").Select(text => text.Length), lengths);
        Assert.NotEqual(Enumerable.Range(0, 50), lengths);
    }

    [Fact]
    public void Transform_ParallelCursors_SeeEachRowOnce()
    {
        var view = NewTransformer().Transform(_context.Data.Cache(Rows(5000)));
        var column = view.Schema["Length"];
        var seen = new List<int>();
        foreach (var cursor in view.GetRowCursorSet([column], 3))
            using (cursor)
            {
                var get = cursor.GetGetter<int>(column);
                for (int value = 0; cursor.MoveNext();) { get(ref value); seen.Add(value); }
            }
        Assert.Equal(Enumerable.Range(0, 5000), seen.Order());
    }

    [Fact]
    public void Transform_CacheAndPreviewAndBuiltInsAfterwards_Work()
    {
        var view = NewTransformer().Transform(Rows(10));
        Assert.Equal(Enumerable.Range(0, 10), Read(_context.Data.Cache(view)));
        Assert.Equal(10, view.Preview().RowView.Length);
        Assert.Equal([7, 8, 9], Read(_context.Data.SkipRows(view, 7)));
        var floats = _context.Transforms.Conversion.ConvertType("F", "Length", DataKind.Single).Fit(view).Transform(view);
        Assert.Equal(9f, floats.GetColumn<float>("F").Last());
    }

    [Fact]
    public void PredictionEngine_SeveralRows_ComputesEachOnceAndLeavesTheTransformerUsable()
    {
        var transformer = NewTransformer();
        using (var engine = _context.Model.CreatePredictionEngine<Row, Result>(transformer))
        {
            Assert.Equal(3, engine.Predict(new Row { Text = "abc" }).Length);
            Assert.Equal(1, engine.Predict(new Row { Text = "a" }).Length);
        }
        Assert.Equal(2, transformer.Runs);
        Assert.Equal([0, 1], Read(transformer.Transform(Rows(2))));
    }

    [Fact]
    public void MoveNext_AfterABatchThatThrew_ServesNoRowOfIt()
    {
        var view = NewTransformer().Transform(_context.Data.LoadFromEnumerable(new[] { "a", "bb", Lengths.Bad, "dddd", "eeeee" }.Select(text => new Row { Text = text }).ToList()));
        using var cursor = view.GetRowCursor([view.Schema["Length"]]);
        Assert.Throws<IOException>(() => cursor.MoveNext());
        Assert.False(cursor.MoveNext());
        Assert.Equal(-1, cursor.Position);
    }

    [Fact]
    public void GetGetter_BeforeMoveNextOrOfAnotherType_Throws()
    {
        var view = NewTransformer().Transform(Rows(2));
        using var cursor = view.GetRowCursor([view.Schema["Length"]]);
        int value = 0;
        var get = cursor.GetGetter<int>(view.Schema["Length"]);
        Assert.Throws<InvalidOperationException>(() => get(ref value));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<float>(view.Schema["Length"]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Text"]));
    }

    private sealed class Row { public string Text { get; set; } = ""; }

    private sealed class Result { public int Length { get; set; } }

    /// <summary>The smallest transformer: the length of a text.</summary>
    private sealed class Lengths(int batchSize) : BatchTransformer(batchSize)
    {
        private int _runs;

        internal const string Bad = "no answer";

        internal int Runs => _runs;

        private protected override string Kind => "Lengths";

        internal override IEnumerable<string> Inputs(DataViewSchema schema) => [ColumnKind.Text.Require(schema, "Text", "the text").Name];

        internal override DataViewSchema.DetachedColumn[] Outputs() => [new("Length", NumberDataViewType.Int32)];

        internal override RowBatch NewBatch(DataViewRow input, int size, bool[] wanted) => new Memory(this, ColumnReader.Text(input, input.Schema["Text"]), size);

        private protected override void Write(PartWriter part) => throw new NotSupportedException("This transformer is not saved.");

        private sealed class Memory(Lengths owner, Func<string> read, int size) : RowBatch
        {
            private readonly string[] _texts = new string[size];
            private readonly int[] _lengths = new int[size];

            internal override void Read(int slot) => _texts[slot] = read();

            internal override void Run(int count)
            {
                Interlocked.Increment(ref owner._runs);
                if (_texts.Contains(Bad)) throw new IOException("The encoder is away.");
                for (int i = 0; i < count; i++) _lengths[i] = _texts[i].Length;
            }

            internal override Delegate Getter(int output) => (ValueGetter<int>)((ref int value) => value = _lengths[Current]);
        }
    }
}
