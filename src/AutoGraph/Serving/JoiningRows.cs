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

    /// <param name="side">"item" or "user".</param>
    /// <param name="fitted">The side as fitted.</param>
    /// <param name="pipeline">What made its semantic vectors and codes, or null.</param>
    /// <param name="needsCodes">Whether the model reads codes.</param>
    internal JoiningRows(string side, FittedSide fitted, ITransformer? pipeline, bool needsCodes)
    {
        (_side, _fitted, _pipeline, _needsCodes) = (side, fitted, pipeline, needsCodes);
        _quantizer = pipeline is null ? null : TransformerSearch.Flatten(pipeline).OfType<ResidualQuantizerTransformer>().LastOrDefault();
        _semanticColumn = fitted.Features.Fields.OfType<SemanticField>().FirstOrDefault()?.Name;
    }

    /// <summary>A row read.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Features">Fields by name; those not given are missing.</param>
    /// <param name="Codes">[T], or empty where the model reads none.</param>
    /// <param name="Semantic">[V], or empty where there is none.</param>
    internal sealed record Row(string Id, IReadOnlyDictionary<string, FeatureField> Features, int[] Codes, float[] Semantic);

    /// <summary>Reads one row of named values.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="values">The values.</param>
    /// <param name="semantic">The semantic vector, in place of the pipeline's; or null.</param>
    /// <exception cref="ArgumentException">A value is missing or does not serve.</exception>
    /// <exception cref="InvalidOperationException">The model needs codes and has no pipeline for them.</exception>
    internal Row Read(string id, IReadOnlyDictionary<string, object> values, IReadOnlyList<float>? semantic)
    {
        var view = new RowsView(values);
        if (semantic is null) return Read(view, [id])[0];
        return new(id, Features(view)[0], Codes([.. semantic], id), [.. semantic]);
    }

    /// <summary>Reads all rows of a table.</summary>
    /// <inheritdoc cref="Read(string, IReadOnlyDictionary{string, object}, IReadOnlyList{float}?)"/>
    internal Row[] Read(IDataView view, string idColumn) => Read(view, FittedSide.ReadIds(view, idColumn));

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
            for (int row = 0; row < field.RowCount; row++) rows[row].Add(field.Name, FeatureRows.Of(field, row));
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
