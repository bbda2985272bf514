using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Benchmarks;

/// <summary>Work of a quantizer, and the same (or the least part of it) as one would write it at first in TorchSharp.</summary>
/// <param name="goal">Time of the baseline over ours that is wanted, or null.</param>
internal abstract class QuantizerPair(double? goal) : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public double? Goal => goal;

    public abstract void Ours();

    public abstract void Baseline();

    public virtual void Dispose() => _scope.Dispose();

    public static QuantizerPair Of(QuantizerWork work) => work switch
    {
        QuantizerWork.NearestCode => new NearestCodePair(),
        QuantizerWork.Encoding => new EncodingPair(),
        _ => new RqVaeEpochPair(),
    };

    /// <summary>Nearest of 4,096 codes for 100,000 rows of 32 values; the baseline holds all distances, 1.6 GB.</summary>
    private sealed class NearestCodePair : QuantizerPair
    {
        private readonly Tensor _rows = randn(100_000, 32), _codebook = randn(4096, 32);

        public NearestCodePair() : base(3)
        {
        }

        public override void Ours()
        {
            using var scope = NewDisposeScope();
            NearestCode.Find(_rows, _codebook);
        }

        public override void Baseline()
        {
            using var scope = NewDisposeScope();
            cdist(_rows, _codebook).argmin(1);
        }
    }

    /// <summary>Codes of 100,000 vectors of 512 values by an RQ-VAE; the baseline is the matrix products alone, of encoder and code search, in blocks.</summary>
    private sealed class EncodingPair : QuantizerPair
    {
        private const int Rows = 100_000, Width = 512, Block = 4096, Levels = 3;
        private readonly float[] _vectors = randn(Rows, Width).data<float>().ToArray();
        private readonly int[] _codes = new int[Rows * Levels];
        private readonly ResidualVectorQuantizer _quantizer;
        private readonly Tensor _input;
        private readonly Tensor[] _weights = [randn(512, 512), randn(512, 256), randn(256, 32)];
        private readonly Tensor _codebook = randn(32, 256);

        public EncodingPair() : base(0.5)
        {
            _input = tensor(_vectors, Rows, Width);
            _quantizer = ResidualVectorQuantizer.Fit(_vectors.AsMemory(0, 2048 * Width), Width, new() { Epochs = 1, WarmUpEpochs = 0, Levels = Levels }, 1);
        }

        public override void Ours() => _quantizer.Encode(_vectors, _codes, []);

        public override void Baseline()
        {
            using var _ = no_grad();
            for (int first = 0; first < Rows; first += Block)
            {
                using var scope = NewDisposeScope();
                var x = _weights.Aggregate(_input.narrow(0, first, Math.Min(Block, Rows - first)), (rows, weight) => rows.mm(weight));
                for (int level = 0; level < Levels; level++) x.mm(_codebook);
            }
        }
    }

    /// <summary>One epoch of an RQ-VAE over 3,533 vectors of 512 values in batches of 128.</summary>
    private sealed class RqVaeEpochPair : QuantizerPair
    {
        private readonly ResidualQuantizerOptions _options = new();
        private readonly RqVae _network;
        private readonly RqVaeTraining _training;
        private readonly AdamW _optimizer;
        private readonly OneHotRqVae _bare;

        public RqVaeEpochPair() : base(null)
        {
            var vectors = randn(3533, 512);
            using var generator = new Generator(1, CPU);
            _network = new RqVae(512, _options.CodebookSize, _options, generator);
            _training = new RqVaeTraining(_network, vectors, _options, _options.CodebookSize, 1);
            _training.InitializeCodebooks();
            _optimizer = new AdamW([_network], _options.LearningRate, 0);
            _bare = new OneHotRqVae(vectors, _options);
        }

        public override void Ours() => _training.RunBatches(1, _optimizer, new bool[_options.Levels, _options.CodebookSize]);

        public override void Baseline() => _bare.Epoch();

        public override void Dispose()
        {
            _optimizer.Dispose();
            _network.Dispose();
            _bare.Dispose();
            base.Dispose();
        }
    }
}

/// <summary>What is timed.</summary>
public enum QuantizerWork
{
    /// <summary>Nearest-code search.</summary>
    NearestCode,

    /// <summary>Encoding by an RQ-VAE.</summary>
    Encoding,

    /// <summary>Training of an RQ-VAE.</summary>
    RqVaeEpoch,
}
