using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AutoGraph;

/// <summary>What an exported folder holds, for people and programs.</summary>
internal static class ExportManifest
{
    internal const string ItemVectors = "item_vectors";
    private const int Version = 1;

    /// <summary>Indented, and readable.</summary>
    internal static JsonSerializerOptions Layout { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="options">Options of the recommender.</param>
    /// <param name="tables">What was exported.</param>
    /// <param name="tower">The user tower.</param>
    /// <param name="scores">The scores.</param>
    /// <param name="folder">Where the other files are.</param>
    internal static JsonObject Of(RecommenderOptions options, ExportTables tables, OnnxGraph tower, OnnxGraph scores, string folder) => new()
    {
        ["format"] = "AutoGraph ONNX export",
        ["version"] = Version,
        ["opset"] = OnnxGraph.Opset,
        ["backbone"] = options.Backbone.ToString(),
        ["enhancement"] = options.Enhancement.ToString(),
        ["users"] = tables.UserCount,
        ["items"] = tables.ShownCount,
        ["removed_items"] = tables.ItemCount - tables.ShownCount,
        ["history_length"] = options.HistoryLength,
        ["score"] = "the largest product of a user's vectors with the item's vector",
        ["absent"] = "all inputs must be given: int64 takes -1 and float32 takes NaN where nothing is known",
        ["user_tower"] = Model(OnnxExport.TowerFile, tower),
        ["item_scores"] = Model(OnnxExport.ScoresFile, scores),
        [ItemVectors] = new JsonObject
        {
            ["file"] = OnnxExport.VectorsFile, ["tensor"] = ItemVectors, ["type"] = "float32", ["shape"] = new JsonArray(tables.ShownCount, options.Dimension), ["vocabulary"] = UserTowerGraph.Items,
        },
        ["vocabularies"] = new JsonObject { ["file"] = OnnxExport.VocabulariesFile, ["meaning"] = "lists by name; inputs take positions in them, from 0. Items behind the first 'items' of their list were removed: they count in histories and are not recommended" },
        ["sha256"] = new JsonObject(((string[])[OnnxExport.TowerFile, OnnxExport.ScoresFile, OnnxExport.VectorsFile, OnnxExport.VocabulariesFile])
            .Select(name => KeyValuePair.Create(name, (JsonNode?)Hash(Path.Combine(folder, name))))),
    };

    private static JsonObject Model(string file, OnnxGraph graph) => new()
    {
        ["file"] = file, ["inputs"] = new JsonArray([.. graph.Inputs.Select(Port)]), ["outputs"] = new JsonArray([.. graph.Outputs.Select(Port)]),
    };

    private static JsonNode Port(OnnxPort port)
    {
        var node = new JsonObject { ["name"] = port.Name, ["type"] = port.Type, ["shape"] = new JsonArray([.. port.Shape.Select(size => (JsonNode)size)]) };
        if (port.Vocabulary is not null) node["vocabulary"] = port.Vocabulary;
        node["meaning"] = port.Meaning;
        return node;
    }

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
