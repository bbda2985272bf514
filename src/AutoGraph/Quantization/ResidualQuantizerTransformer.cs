using AutoGraph.Core.Codes;
using AutoGraph.Core.Interpretation;
using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>A fitted <see cref="ResidualQuantizerEstimator"/>: writes codes and quantized vectors.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
public sealed class ResidualQuantizerTransformer : BatchTransformer
{
    internal const string KindName = "ResidualQuantizer";
    private readonly ResidualVectorQuantizer _quantizer;

    internal ResidualQuantizerTransformer(string output, string input, ResidualVectorQuantizer quantizer)
        : base(batchSize: 256) => (OutputColumn, InputColumn, _quantizer) = (output, input, quantizer);

    /// <summary>The column of codes.</summary>
    public string OutputColumn { get; }

    /// <summary>The column of vectors.</summary>
    public string InputColumn { get; }

    /// <summary>Number of levels T.</summary>
    public int Levels => _quantizer.Levels;

    /// <summary>What makes the codes.</summary>
    public Quantizer Quantizer => _quantizer.Quantizer;

    /// <summary>Number of codes K per level at most, after shrinking for small tables.</summary>
    public int CodebookSize => _quantizer.CodebookSize;

    /// <summary>Number of codes of each level.</summary>
    public IReadOnlyList<int> LevelSizes => _quantizer.LevelSizes;

    /// <summary>The code vectors of one level, [LevelSizes[level], width of the quantized vectors], row by row: material for maps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public float[] Codebook(int level) => _quantizer.Codebook(level);

    /// <summary>All code vectors of all levels in the plane, by their two principal components.</summary>
    public IReadOnlyList<CodebookPoint> MapByPrincipalComponents() => CodebookMap.ByPrincipalComponents(Codebooks(), _quantizer.Dimension);

    /// <summary>All code vectors of all levels in the plane, by t-SNE (paper Fig. 3); exact, for at most 5,000 of them.</summary>
    /// <param name="options">Perplexity, iterations, seed; null for the defaults.</param>
    /// <exception cref="ArgumentException">There are more code vectors, or an option is out of range.</exception>
    /// <exception cref="OperationCanceledException">The token of the options was cancelled.</exception>
    public IReadOnlyList<CodebookPoint> MapByTSne(TSneOptions? options = null) => CodebookMap.ByTSne(Codebooks(), _quantizer.Dimension, options);

    /// <summary>How well the codes are used, over the rows fitted on.</summary>
    public CodebookHealth Health => _quantizer.Health;

    /// <summary>What the fit warned of, such as a level with less than half of its codes in use.</summary>
    public IReadOnlyList<string> Warnings => _quantizer.Warnings;

    /// <summary>Codes of vectors [N, V], and [N, T] the squared residuals after each level.</summary>
    internal CodeTable CodesOf(float[] vectors, out float[] residuals)
    {
        var codes = new int[vectors.Length / _quantizer.InputDimension * Levels];
        _quantizer.Encode(vectors, codes, []);
        residuals = _quantizer.SquaredResiduals(vectors, codes);
        return new CodeTable(codes, Levels, CodebookSize);
    }

    /// <summary>Codes [T] of one vector.</summary>
    internal int[] CodesOf(float[] vector)
    {
        var codes = new int[Levels];
        _quantizer.Encode(vector, codes, []);
        return codes;
    }

    /// <inheritdoc cref="ResidualVectorQuantizer.RelativeErrors"/>
    internal double[] RelativeErrors(float[] vectors, int[] codes) => _quantizer.RelativeErrors(vectors, codes);

    /// <summary>Width V of the vectors.</summary>
    internal int InputDimension => _quantizer.InputDimension;

    private List<float[]> Codebooks() => [.. Enumerable.Range(0, Levels).Select(Codebook)];

    private protected override string Kind => KindName;

    internal override IEnumerable<string> Inputs(DataViewSchema schema) => [ColumnKind.Vector.Require(schema, InputColumn, "the vectors to quantize").Name];

    internal override DataViewSchema.DetachedColumn[] Outputs() => Columns(OutputColumn, Levels, CodebookSize, _quantizer.Dimension);

    internal override RowBatch NewBatch(DataViewRow input, int size, bool[] wanted) => new Batch(this, input, size, wanted);

    /// <summary>The column of quantized vectors beside a column of codes.</summary>
    internal static string QuantizedColumn(string codesColumn) => codesColumn + "Quantized";

    internal static DataViewSchema.DetachedColumn[] Columns(string output, int levels, int codebookSize, int dimension) =>
        [CodeColumns.Codes(output, levels, codebookSize), CodeColumns.Vector(QuantizedColumn(output), dimension)];

    internal static ResidualQuantizerTransformer Load(PartReader part)
    {
        NativeRuntime.Require();
        var (output, input) = part.State("Columns", reader => (reader.ReadString(), reader.ReadString()));
        var tensors = part.Tensors("Quantizer");
        return new(output, input, part.Build("Quantizer", () => ResidualVectorQuantizer.Load(tensors)));
    }

    private protected override void Write(PartWriter part)
    {
        part.State("Columns", writer =>
        {
            writer.Write(OutputColumn);
            writer.Write(InputColumn);
        });
        part.Tensors("Quantizer", _quantizer.Save());
    }

    private sealed class Batch(ResidualQuantizerTransformer owner, DataViewRow input, int size, bool[] wanted) : RowBatch
    {
        private readonly ResidualVectorQuantizer _quantizer = owner._quantizer;
        private readonly Func<ReadOnlyMemory<float>> _read = ColumnReader.Vector(input, input.Schema[owner.InputColumn]);
        private readonly float[] _vectors = new float[size * owner._quantizer.InputDimension];
        private readonly int[] _codes = new int[wanted[0] ? size * owner._quantizer.Levels : 0];
        private readonly float[] _quantized = new float[wanted[1] ? size * owner._quantizer.Dimension : 0];
        private readonly uint[] _keys = new uint[owner._quantizer.Levels];

        internal override void Read(int slot)
        {
            var vector = _read().Span;
            VectorTable.Check(vector, _quantizer.InputDimension, owner.InputColumn, input.Position);
            vector.CopyTo(_vectors.AsSpan(slot * _quantizer.InputDimension));
        }

        internal override void Run(int count) => _quantizer.Encode(
            _vectors.AsSpan(0, count * _quantizer.InputDimension),
            _codes.AsSpan(0, wanted[0] ? count * _quantizer.Levels : 0),
            _quantized.AsSpan(0, wanted[1] ? count * _quantizer.Dimension : 0));

        internal override Delegate Getter(int output) => output == 0
            ? (ValueGetter<VBuffer<uint>>)((ref VBuffer<uint> value) =>
            {
                var codes = _codes.AsSpan(Current * _keys.Length, _keys.Length);
                for (int level = 0; level < codes.Length; level++) _keys[level] = (uint)codes[level] + 1;
                value.Set<uint>(_keys);
            })
            : (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => value.Set<float>(_quantized.AsSpan(Current * _quantizer.Dimension, _quantizer.Dimension)));
    }
}
