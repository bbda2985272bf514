using AutoGraph.Core.Features;
using AutoGraph.Torch.Insertion;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Reads rows that join a side after the fit: features by the fitted encoders, semantic vector and codes by the fitted pipeline.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class JoiningRows
{
    private readonly string _side;
    private readonly FittedSide _fitted;
    private readonly ITransformer? _pipeline;
    private readonly ResidualQuantizerTransformer? _quantizer;
    private readonly string? _semanticColumn;
    private readonly bool _needsCodes;
    private readonly ITransformer[] _beforeStep = [];
    private readonly SemanticVectorTransformer? _step;      // what makes the semantic vectors, where they are needed
    private readonly bool _quantizesStep;                   // its vectors are quantized as they are

    /// <param name="side">"item" or "user".</param>
    /// <param name="fitted">The side as fitted.</param>
    /// <param name="pipeline">What made its semantic vectors and codes, or null.</param>
    /// <param name="needsCodes">Whether the model reads codes.</param>
    internal JoiningRows(string side, FittedSide fitted, ITransformer? pipeline, bool needsCodes)
    {
        (_side, _fitted, _pipeline, _needsCodes) = (side, fitted, pipeline, needsCodes);
        _quantizer = pipeline is null ? null : TransformerSearch.Flatten(pipeline).OfType<ResidualQuantizerTransformer>().LastOrDefault();
        _semanticColumn = fitted.Features.Fields.OfType<SemanticField>().FirstOrDefault()?.Name;
        if (pipeline is null || !(needsCodes || _semanticColumn is not null)) return;
        ITransformer[] parts = [.. TransformerSearch.Flatten(pipeline)];
        int place = Array.FindLastIndex(parts, part => part is SemanticVectorTransformer);
        if (place < 0) return;
        (_step, _beforeStep) = ((SemanticVectorTransformer)parts[place], parts[..place]);
        _quantizesStep = (_semanticColumn is null || _semanticColumn == _step.OutputColumn) && (!needsCodes || _quantizer?.InputColumn == _step.OutputColumn);
    }

    /// <summary>What quantizes the semantic vectors that the model reads; null where there is none, or where it reads others.</summary>
    internal ResidualQuantizerTransformer? SemanticQuantizer => _quantizer is { } found && found.InputColumn == _semanticColumn ? found : null;

    /// <summary>What is given of a row.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Values">Named values.</param>
    /// <param name="Semantic">The semantic vector, in place of the pipeline's; or null.</param>
    /// <param name="Knowledge">The knowledge text, in place of what the pipeline reads or a language model answers; or null.</param>
    internal readonly record struct Given(string Id, IReadOnlyDictionary<string, object> Values, IReadOnlyList<float>? Semantic, string? Knowledge);

    /// <summary>A row read.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Features">Fields by name; those not given are missing.</param>
    /// <param name="Codes">[T], or empty where the model reads none.</param>
    /// <param name="Semantic">[V], or empty where there is none.</param>
    internal sealed record Row(string Id, IReadOnlyDictionary<string, FeatureField> Features, int[] Codes, float[] Semantic);

    /// <summary>Reads rows of named values; asks the language model once for those that need an answer.</summary>
    /// <param name="given">The rows.</param>
    /// <param name="featuresMaySuffice">Whether a row may give features alone, and so have neither codes nor a semantic vector.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="ArgumentException">A value is missing or does not serve.</exception>
    /// <exception cref="InvalidOperationException">The model lacks what makes codes or vectors, or a row got no answer.</exception>
    internal async Task<Row[]> ReadAsync(IReadOnlyList<Given> given, bool featuresMaySuffice, CancellationToken cancellationToken)
    {
        RowsView[] views = [.. given.Select(row => new RowsView(WithId(row)))];
        float[]?[] vectors = [.. given.Select(row => row.Semantic?.ToArray())];
        if (given.FirstOrDefault(row => row is { Semantic: not null, Knowledge: not null }).Id is { } twice)
            throw new ArgumentException($"Expected a semantic vector or a knowledge text of '{twice}', found both. Give one of them.");
        if (given.FirstOrDefault(row => row.Knowledge is not null && string.IsNullOrWhiteSpace(row.Knowledge)).Id is { } silent)
            throw new ArgumentException($"Expected a knowledge text of '{silent}', found an empty one. Write it, or leave {nameof(NewItem.Knowledge)} null.");
        int[] told = [.. Enumerable.Range(0, given.Count).Where(row => given[row].Knowledge is not null)];
        if (told.Length > 0)
            foreach (var (row, vector) in told.Zip(await KnowledgeStep().EncodeAsync([.. told.Select(row => given[row].Knowledge!)], cancellationToken).ConfigureAwait(false))) vectors[row] = vector;
        bool[] plain = [.. given.Select((row, place) => featuresMaySuffice && vectors[place] is null && HasFeaturesAlone(row))];
        int[] open = [.. Enumerable.Range(0, given.Count).Where(row => vectors[row] is null && !plain[row])];
        if (open.Length > 0 && _step is not null && (_quantizesStep || _step.AsksLanguageModel))
        {
            RowText[] texts = [.. open.Select(row => ReadText(given[row].Id, views[row]))];
            if (!_quantizesStep) await _step.AskAsync(texts, cancellationToken).ConfigureAwait(false);
            else foreach (var (row, vector) in open.Zip(await _step.VectorsAsync(texts, cancellationToken).ConfigureAwait(false))) vectors[row] = vector;
        }
        return [.. given.Select((row, place) => ReadOne(row.Id, place))];

        Row ReadOne(string id, int place)
        {
            if (plain[place]) return new(id, Features(views[place])[0], [], []);
            return vectors[place] is { } vector ? new(id, Features(views[place])[0], Codes(vector, id), vector) : Read(views[place], [id])[0];
        }
    }

    /// <summary>Reads all rows of a table; asks the language model once for those that need an answer.</summary>
    /// <inheritdoc cref="ReadAsync(IReadOnlyList{Given}, bool, CancellationToken)"/>
    internal async Task<Row[]> ReadAsync(IDataView view, List<string> ids, CancellationToken cancellationToken)
    {
        if (_step is { AsksLanguageModel: true }) await _step.AskAsync(_step.ReadTexts(BeforeStep(view)), cancellationToken).ConfigureAwait(false);
        return Read(view, ids);
    }

    // Values that are not known are left out, and so are they from a prompt that lists what there is. But a name that nothing reads, where another is missing, is a slip of the pen.
    private RowText ReadText(string id, RowsView view)
    {
        var rows = BeforeStep(view);
        var text = _step!.ReadTexts(rows, unlisted: _quantizesStep).Single();
        if (_beforeStep.Length == 0 && _step.Missing(rows.Schema).ToArray() is { Length: > 0 } missing
            && view.Schema.FirstOrDefault(column => !_step.Reads(column.Name) && _fitted.Encoder.Fields.All(field => field.Name != column.Name)) is { Name: { } strange })
            throw new ArgumentException($"Expected values of '{id}' by column of the {_side} table, such as {string.Join(", ", missing)}, found '{strange}', which nothing reads. Correct the name, or leave the value out.");
        return text;
    }

    // What the pipeline begins with is not there, and nothing is given that is not a feature: no slip of the pen.
    private bool HasFeaturesAlone(Given row) => _pipeline is not null && row.Values.Count > 0
        && row.Values.Keys.All(name => _fitted.Encoder.Fields.Any(field => field.Name == name))
        && TransformerSearch.Flatten(_pipeline).First() switch
        {
            SemanticVectorTransformer step => !row.Values.Keys.Any(step.Reads),
            ResidualQuantizerTransformer quantizer => !row.Values.ContainsKey(quantizer.InputColumn),
            _ => false,
        };

    // a step may read the id, which is given already
    private IReadOnlyDictionary<string, object> WithId(Given row) =>
        _step?.IdColumn is { } column && !row.Values.ContainsKey(column) ? new Dictionary<string, object>(row.Values, StringComparer.Ordinal) { [column] = row.Id } : row.Values;

    private IDataView BeforeStep(IDataView view) => _beforeStep.Aggregate(view, (rows, part) => part.Transform(rows));

    private SemanticVectorTransformer KnowledgeStep() => _step is not null && _quantizesStep ? _step
        : throw new InvalidOperationException($"Expected a pipeline of the {_side}s whose SemanticVector step makes what is quantized, for a knowledge text; found none in the model. Give {nameof(NewItem.SemanticVector)}, or values that the pipeline reads.");

    private Row[] Read(IDataView view, List<string> ids)
    {
        if (ids.Count == 0) return [];
        var features = Features(view);
        if (features.Count != ids.Count) features = [.. Enumerable.Repeat(NoFeatures, ids.Count)];
        if (_needsCodes) RequirePipeline();
        if (_pipeline is null) return [.. ids.Select((id, row) => new Row(id, features[row], [], []))];
        var made = _pipeline.Transform(view);
        var codes = _needsCodes ? ReadCodes(made, ids.Count) : null;
        var semantics = _semanticColumn is null ? null : VectorTable.Read(made, _semanticColumn);
        if (semantics is not null && semantics.Count != ids.Count) throw Reordered(ids.Count, semantics.Count);
        return [.. ids.Select((id, row) => new Row(id, features[row], codes?[row] ?? [], semantics is null ? [] : semantics.Values[(row * semantics.Width)..((row + 1) * semantics.Width)]))];
    }

    private static readonly Dictionary<string, FeatureField> NoFeatures = [];

    // by row and name; the table need not have every column
    private List<Dictionary<string, FeatureField>> Features(IDataView view)
    {
        var rows = new List<Dictionary<string, FeatureField>>();
        foreach (var encoder in _fitted.Encoder.Fields)
        {
            if (view.Schema.GetColumnOrNull(encoder.Name) is not { } column) continue;
            if (!encoder.Accepts(column.Type))
                throw new ArgumentException($"Expected in '{encoder.Name}' of the new {_side} {encoder.Expected}, as in the table fitted, found {column.Type}. Convert the value, or leave it out where it is not known.");
            var field = encoder.Encode(view);
            while (rows.Count < field.RowCount) rows.Add([]);
            for (int row = 0; row < field.RowCount; row++) rows[row].Add(field.Name, field.At(row));
        }
        return rows.Count == 0 ? [NoFeatures] : rows;
    }

    private int[] Codes(float[] semantic, string id)
    {
        if (!_needsCodes) return [];
        RequirePipeline();
        VectorTable.Check(semantic, _quantizer!.InputDimension, nameof(NewItem.SemanticVector), 0);
        return _quantizer.CodesOf(semantic) is { Length: > 0 } codes ? codes : throw new InvalidOperationException($"Expected codes of '{id}', found none.");
    }

    private int[][] ReadCodes(IDataView view, int rows)
    {
        var column = ColumnKind.Codes.Require(view.Schema, _quantizer!.OutputColumn, $"the codes of the new {_side}");
        var codes = new List<int[]>();
        using var cursor = view.GetRowCursor([column]);
        for (var read = ColumnReader.Codes(cursor, column); cursor.MoveNext();) codes.Add(read());
        return codes.Count == rows ? [.. codes] : throw Reordered(rows, codes.Count);
    }

    private ArgumentException Reordered(int expected, int found) => new($"Expected {expected} rows from the fitted pipeline of the {_side}s, found {found}: it drops or adds rows. Insert rows that it keeps.");

    private void RequirePipeline()
    {
        if (_quantizer is null)
            throw new InvalidOperationException($"Expected a fitted pipeline with a ResidualQuantizer for the {_side}s in the model, found none. Give CreateEngine the whole model, not the recommender alone, and give MetapathGraph a SideTable with a pipeline instead of finished codes.");
    }
}
