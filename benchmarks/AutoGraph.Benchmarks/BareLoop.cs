using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Benchmarks;

/// <summary>
/// The baseline: a plain backbone's arithmetic in TorchSharp as one would write it at first, the item tower on all
/// 51 candidates of each sample, embeddings by look-up, histories padded.
/// </summary>
internal sealed class BareLoop : IDisposable
{
    private const int Width = 32, History = 30, Candidates = 51;
    private readonly Embedding[] _user = [.. new[] { FilmWorld.Users, 2, 7, 21, FilmWorld.Zips }.Select(size => nn.Embedding(size + 1, Width))];
    private readonly Embedding[] _item = [.. new[] { FilmWorld.Items, FilmWorld.Titles, FilmWorld.Genres }.Select(size => nn.Embedding(size + 1, Width))];
    private readonly Sequential _userTower = nn.Sequential(nn.Linear(6 * Width, 64), nn.ReLU(), nn.Linear(64, Width));
    private readonly Sequential _itemTower = nn.Sequential(nn.Linear(3 * Width, 64), nn.ReLU(), nn.Linear(64, Width));
    private readonly BareHistory _history;
    private readonly optim.Optimizer _optimizer;
    private readonly int _batch;

    public BareLoop(int batch, Backbone backbone)
    {
        _batch = batch;
        _history = BareHistory.Of(backbone, Width, History);
        _optimizer = optim.AdamW(_user.Concat(_item).SelectMany(table => table.parameters()).Concat(_userTower.parameters()).Concat(_itemTower.parameters()).Concat(_history.parameters()), 1e-3);
    }

    public void Step()
    {
        using var scope = NewDisposeScope();
        var fields = _user.Select(table => table.forward(Draw(table, _batch))).ToList();
        var histories = _history.forward(_item[0].forward(Draw(_item[0], _batch, History)));                // [B, K, D]
        long vectors = histories.shape[1];
        var users = _userTower.forward(cat([.. fields.Select(field => field.unsqueeze(1).expand(-1, vectors, -1)), histories], 2));   // [B, K, D]
        var genres = _item[2].forward(Draw(_item[2], _batch, Candidates, 2)).mean([2L]);                     // [B, C, D]
        var items = _itemTower.forward(cat([_item[0].forward(Draw(_item[0], _batch, Candidates)), _item[1].forward(Draw(_item[1], _batch, Candidates)), genres], 2));
        var nearness = users.bmm(items.narrow(1, 0, 1).transpose(1, 2)).softmax(1);                          // [B, K, 1], all ones for one vector
        var logits = items.bmm((users * nearness).sum(1).unsqueeze(2)).squeeze(2);                           // [B, C]
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
        _history.Dispose();
    }
}
