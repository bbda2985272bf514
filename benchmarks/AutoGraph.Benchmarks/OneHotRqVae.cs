using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Benchmarks;

/// <summary>An RQ-VAE as one would write it at first: all distances by cdist, chosen codes as the product of one-hot rows with the codebook.</summary>
internal sealed class OneHotRqVae : IDisposable
{
    private readonly Tensor _vectors;
    private readonly ResidualQuantizerOptions _options;
    private readonly Sequential _encoder, _decoder;
    private readonly List<Parameter> _codebooks;
    private readonly optim.Optimizer _optimizer;

    public OneHotRqVae(Tensor vectors, ResidualQuantizerOptions options)
    {
        (_vectors, _options) = (vectors, options);
        _encoder = nn.Sequential(nn.Linear(vectors.shape[1], 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, options.Dimension));
        _decoder = nn.Sequential(nn.Linear(options.Dimension, 256), nn.ReLU(), nn.Linear(256, 512), nn.ReLU(), nn.Linear(512, vectors.shape[1]));
        _codebooks = [.. Enumerable.Range(0, options.Levels).Select(_ => nn.Parameter(randn(options.CodebookSize, options.Dimension)))];
        _optimizer = optim.AdamW(_encoder.parameters().Concat(_decoder.parameters()).Concat(_codebooks), options.LearningRate, weight_decay: 0);
    }

    public void Epoch()
    {
        using var scope = NewDisposeScope();
        var order = randperm(_vectors.shape[0], dtype: ScalarType.Int64);
        for (long first = 0; first < order.shape[0]; first += _options.BatchSize)
        {
            using var step = NewDisposeScope();
            var loss = Loss(_vectors.index_select(0, order.narrow(0, first, Math.Min(_options.BatchSize, order.shape[0] - first))));
            _optimizer.zero_grad();
            loss.backward();
            _optimizer.step();
            loss.item<float>();
        }
    }

    private Tensor Loss(Tensor batch)
    {
        var encoded = _encoder.forward(batch);
        var (residual, quantized, loss) = (encoded, zeros_like(encoded), zeros(1));
        foreach (var codebook in _codebooks)
        {
            var codes = cdist(residual.detach(), codebook.detach()).argmin(1);
            var chosen = nn.functional.one_hot(codes, _options.CodebookSize).to(ScalarType.Float32).mm(codebook);
            loss = loss + (residual.detach() - chosen).square().sum(1).mean() + (residual - chosen.detach()).square().sum(1).mean() * _options.Commitment;
            (residual, quantized) = (residual - chosen.detach(), quantized + chosen);
        }
        return loss + (_decoder.forward(encoded + (quantized - encoded).detach()) - batch).square().sum(1).mean();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _encoder.Dispose();
        _decoder.Dispose();
        foreach (var codebook in _codebooks) codebook.Dispose();
    }
}
