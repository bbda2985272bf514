using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Benchmarks;

/// <summary>
/// The baseline: the plain YouTubeDNN's arithmetic in TorchSharp as one would write it at first, the item tower on all
/// 51 candidates of each sample, embeddings by look-up.
/// </summary>
internal sealed class BareLoop : IDisposable
{
    private const int Width = 32, History = 30, Candidates = 51;
    private readonly Embedding[] _user = [.. new[] { FilmWorld.Users, 2, 7, 21, FilmWorld.Zips }.Select(size => nn.Embedding(size + 1, Width))];
    private readonly Embedding[] _item = [.. new[] { FilmWorld.Items, FilmWorld.Titles, FilmWorld.Genres }.Select(size => nn.Embedding(size + 1, Width))];
    private readonly Sequential _userTower = nn.Sequential(nn.Linear(6 * Width, 64), nn.ReLU(), nn.Linear(64, Width));
    private readonly Sequential _itemTower = nn.Sequential(nn.Linear(3 * Width, 64), nn.ReLU(), nn.Linear(64, Width));
    private readonly optim.Optimizer _optimizer;
    private readonly int _batch;

    public BareLoop(int batch)
    {
        _batch = batch;
        _optimizer = optim.AdamW(_user.Concat(_item).SelectMany(table => table.parameters()).Concat(_userTower.parameters()).Concat(_itemTower.parameters()), 1e-3);
    }

    public void Step()
    {
        using var scope = NewDisposeScope();
        var fields = _user.Select(table => table.forward(Draw(table, _batch))).ToList();
        var history = _item[0].forward(Draw(_item[0], _batch, History)).mean([1L]);                       // [B, D]
        var users = _userTower.forward(cat([.. fields, history], 1));                                        // [B, D]
        var genres = _item[2].forward(Draw(_item[2], _batch, Candidates, 2)).mean([2L]);                     // [B, C, D]
        var items = _itemTower.forward(cat([_item[0].forward(Draw(_item[0], _batch, Candidates)), _item[1].forward(Draw(_item[1], _batch, Candidates)), genres], 2));
        var logits = items.bmm(users.unsqueeze(2)).squeeze(2);                                               // [B, C]
        var loss = nn.functional.cross_entropy(logits, zeros(_batch, dtype: ScalarType.Int64));
        _optimizer.zero_grad();
        loss.backward();
        _optimizer.step();
    }

    private static Tensor Draw(Embedding table, params long[] shape) => randint(table.weight!.shape[0], shape, dtype: ScalarType.Int64);

    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (var table in _user.Concat(_item)) table.Dispose();
        _userTower.Dispose();
        _itemTower.Dispose();
    }
}
