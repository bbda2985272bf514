using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace OnnxScoring;

/// <summary>Recommends from a folder that <c>autoGraph.ExportOnnx</c> wrote, with ONNX Runtime alone.</summary>
internal sealed class OnnxRecommender : IDisposable
{
    private readonly InferenceSession _tower, _scores;
    private readonly Dictionary<string, string[]> _names;
    private readonly Dictionary<string, Dictionary<string, long>> _positions;

    public OnnxRecommender(string folder)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        string FileOf(string part) => Path.Combine(folder, manifest.RootElement.GetProperty(part).GetProperty("file").GetString()!);
        (_tower, _scores) = (new InferenceSession(FileOf("user_tower")), new InferenceSession(FileOf("item_scores")));
        _names = JsonSerializer.Deserialize<Dictionary<string, string[]>>(File.ReadAllBytes(FileOf("vocabularies")))!;
        _positions = _names.ToDictionary(list => list.Key, list => list.Value.Index().ToDictionary(place => place.Item, place => (long)place.Index));
    }

    /// <summary>The best items after a history, oldest first; those in it are left out.</summary>
    public IEnumerable<(string Item, float Score)> Recommend(IReadOnlyList<string> history, int count, string? user = null)
    {
        var scores = Scores(history, user is null ? [] : [NamedOnnxValue.CreateFromTensor("user", new DenseTensor<long>(new[] { PositionOf("users", user) }, [1]))]);
        return _names["items"].Zip(scores).Where(item => !history.Contains(item.First)).OrderByDescending(item => item.Second).Take(count);
    }

    /// <summary>Scores of all items.</summary>
    /// <param name="history">Items, oldest first.</param>
    /// <param name="others">The user and features, where they are known.</param>
    public float[] Scores(IReadOnlyList<string> history, IEnumerable<NamedOnnxValue> others)
    {
        var items = new DenseTensor<long>(history.Select(item => PositionOf("items", item)).ToArray(), [1, history.Count]);
        using var tower = _tower.Run([NamedOnnxValue.CreateFromTensor("history", items), .. others]);
        using var scores = _scores.Run([NamedOnnxValue.CreateFromTensor("user_vectors", tower[0].AsTensor<float>())]);
        return [.. scores[0].AsTensor<float>()];
    }

    /// <summary>The number of an id or category; -1 where it is unknown.</summary>
    public long PositionOf(string vocabulary, string name) => _positions[vocabulary].GetValueOrDefault(name, -1);

    public void Dispose()
    {
        _tower.Dispose();
        _scores.Dispose();
    }
}
