using AutoGraph.Torch.Insertion;
using Microsoft.ML;

namespace AutoGraph;

public sealed partial class AutoGraphCatalog
{
    /// <summary>
    /// Writes a trained recommender for programs without AutoGraph: <c>user_tower.onnx</c> (history and features in, user vectors out),
    /// <c>item_scores.onnx</c>, the item vectors as a safetensors table, the vocabularies of all ids and categories, and <c>manifest.json</c>, which names
    /// inputs, shapes, types and files. ONNX Runtime alone scores as the model does; so does <c>ApplyOnnxModel</c> of ML.NET.
    /// </summary>
    /// <param name="model">A fitted or loaded model with a recommender in it.</param>
    /// <param name="folder">The folder, made where it is not there; the files of an earlier export are replaced.</param>
    /// <remarks>
    /// Each file is written under a temporary name, flushed and moved; the manifest comes last and has a checksum of each. Standard operators of opset 17.
    /// <see cref="RecommendationEngine.ExportOnnx"/> writes users and items that joined an engine as well.
    /// </remarks>
    /// <exception cref="ArgumentException">There is no recommender in the model.</exception>
    /// <exception cref="NotSupportedException">
    /// The model has a backbone of your own (<see cref="RecommenderOptions.OwnBackbone"/>), semantic vectors of an older version, or more users or items
    /// than a file of 2 GiB holds; the message says which. Nothing was written.
    /// </exception>
    public void ExportOnnx(ITransformer model, string folder)
    {
        var recommender = TransformerSearch.Recommender(model);
        var pass = new NodePass(recommender.Model);
        Environment.Log("Export", [OnnxExport.Write(recommender, pass, EngineSnapshot.Of(recommender, pass), folder)]);
    }
}
