using System.Text.Json;
using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Insertion;

namespace AutoGraph;

/// <summary>Writes a recommender as files that ONNX Runtime and any program can read; see docs/onnx-export.md.</summary>
internal static class OnnxExport
{
    internal const string TowerFile = "user_tower.onnx", ScoresFile = "item_scores.onnx", VectorsFile = "item_vectors.safetensors", VocabulariesFile = "vocabularies.json", ManifestFile = "manifest.json";

    /// <summary>Writes all files of a folder, the manifest last; each appears whole or not at all.</summary>
    /// <param name="model">The recommender.</param>
    /// <param name="pass">Its rows.</param>
    /// <param name="snapshot">The users and items to export.</param>
    /// <param name="folder">The folder; made where it is not there.</param>
    /// <returns>One line on what was written.</returns>
    /// <exception cref="NotSupportedException">The model has a part that cannot be written as ONNX; the message names it. Nothing was written.</exception>
    internal static string Write(GraphEnhancedRecommenderTransformer model, NodePass pass, EngineSnapshot snapshot, string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var options = model.Model.Options;
        if (options.OwnBackbone is { } own)
            throw new NotSupportedException($"Expected one of the backbones {string.Join(", ", Enum.GetNames<Backbone>())}, found your own backbone '{own}', whose code cannot be written as ONNX. Serve it by CreateEngine, or fit one of these.");
        var tables = ExportTables.Of(pass, snapshot);
        var (tower, categories) = UserTowerGraph.Build(tables, model.Model.Save(), options, model.Users.Encoder);
        var scores = ItemScoresGraph.Build(tables, model.MeanItem, model.Model.VectorsPerUser);
        var vectors = new TensorDictionary();
        vectors.Add(ExportManifest.ItemVectors, tables.ItemVectors[..(tables.ShownCount * options.Dimension)], tables.ShownCount, options.Dimension);
        var vocabularies = new Dictionary<string, IReadOnlyList<string>> { [UserTowerGraph.Items] = tables.ItemIds, [UserTowerGraph.Users] = tables.UserIds };
        foreach (var (input, names) in categories) vocabularies.Add(input, names);

        Directory.CreateDirectory(folder);
        Put(TowerFile, tower.Write);
        Put(ScoresFile, scores.Write);
        Put(VectorsFile, vectors.Write);
        Put(VocabulariesFile, stream => JsonSerializer.Serialize(stream, vocabularies));
        var manifest = ExportManifest.Of(options, tables, tower, scores, folder);
        Put(ManifestFile, stream => JsonSerializer.Serialize(stream, manifest, ExportManifest.Layout));
        return $"{options.Backbone} with {options.Enhancement}, {tables.UserCount} users and {tables.ShownCount} items, to '{folder}'.";

        void Put(string name, Action<Stream> write) => AtomicFile.Write(Path.Combine(folder, name), write);
    }
}
