using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace OnnxScoring;

/// <summary>Recommends from a folder that <c>autoGraph.ExportOnnx</c> wrote, with ONNX Runtime alone.</summary>
internal sealed class OnnxRecommender : IDisposable
{
    private readonly InferenceSession _tower, _scores;
    private readonly Dictionary<string, string[]> _names;
    private readonly DenseTensor<long> _items;
    private readonly Dictionary<string, Dictionary<string, long>> _positions;

    public OnnxRecommender(string folder)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        string FileOf(string part) => Path.Combine(folder, manifest.RootElement.GetProperty(part).GetProperty("file").GetString()!);
        (_tower, _scores) = (new InferenceSession(FileOf("user_tower")), new InferenceSession(FileOf("item_scores")));
        _names = JsonSerializer.Deserialize<Dictionary<string, string[]>>(File.ReadAllBytes(FileOf("vocabularies")))!;
        _items = new DenseTensor<long>(Enumerable.Range(0, manifest.RootElement.GetProperty("items").GetInt32()).Select(item => (long)item).ToArray(), [1, manifest.RootElement.GetProperty("items").GetInt32()]);
        _positions = _names.ToDictionary(list => list.Key, list => list.Value.Index().ToDictionary(place => place.Item, place => (long)place.Index));
    }

    /// <summary>The best items after a history, oldest first; those in it are left out.</summary>
    public IEnumerable<(string Item, float Score)> Recommend(IReadOnlyList<string> history, int count, string? user = null)
    {
        var scores = Scores(history, user);
        return _names["items"].Zip(scores).Where(item => !history.Contains(item.First)).OrderByDescending(item => item.Second).Take(count);
    }

    /// <summary>Scores of all items.</summary>
    /// <param name="history">Items, oldest first.</param>
    /// <param name="user">The user, or null.</param>
    /// <param name="features">Inputs that are known of the user; the others are absent.</param>
    public float[] Scores(IReadOnlyList<string> history, string? user = null, params NamedOnnxValue[] features)
    {
        var inputs = _tower.InputMetadata.ToDictionary(input => input.Key, input => Absent(input.Key, input.Value));
        inputs["history"] = Numbers("history", [.. history.Select(item => PositionOf("items", item))], [1, history.Count]);
        inputs["user"] = Numbers("user", [user is null ? -1 : PositionOf("users", user)], [1]);
        foreach (var feature in features) inputs[feature.Name] = feature;
        using var vectors = _tower.Run(inputs.Values);
        using var scores = _scores.Run([NamedOnnxValue.CreateFromTensor("user_vectors", vectors[0].AsTensor<float>()), NamedOnnxValue.CreateFromTensor("items", _items)]);
        return [.. scores[0].AsTensor<float>()];
    }

    /// <summary>The number of an id or category; -1 where it is unknown.</summary>
    public long PositionOf(string vocabulary, string name) => _positions[vocabulary].GetValueOrDefault(name, -1);

    private static NamedOnnxValue Numbers(string name, long[] values, int[] shape) => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(values, shape));

    // -1 or NaN, where a size may be any just one
    private static NamedOnnxValue Absent(string name, NodeMetadata input)
    {
        int[] shape = Array.ConvertAll(input.Dimensions, size => Math.Max(1, size));
        int count = shape.Aggregate(1, (product, size) => product * size);
        return input.ElementType == typeof(long) ? Numbers(name, [.. Enumerable.Repeat(-1L, count)], shape)
            : NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(Enumerable.Repeat(float.NaN, count).ToArray(), shape));
    }

    public void Dispose()
    {
        _tower.Dispose();
        _scores.Dispose();
    }
}
