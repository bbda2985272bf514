using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Benchmarks;

/// <summary>History vectors as one would write them at first with the modules of TorchSharp: [B, L, D] → [B, K, D].</summary>
internal abstract class BareHistory(string name) : nn.Module<Tensor, Tensor>(name)
{
    public static BareHistory Of(Backbone backbone, int width, int length) => backbone switch
    {
        Backbone.Gru4Rec => new Recurrent(width),
        Backbone.SasRec => new Attentive(width, length),
        Backbone.Mind => new Capsules(width, length),
        _ => new Mean(),
    };

    private sealed class Mean() : BareHistory(nameof(Mean))
    {
        public override Tensor forward(Tensor items) => items.mean([1L], keepdim: true);
    }

    private sealed class Recurrent : BareHistory
    {
        private readonly GRU gru;
        private readonly Dropout drop = nn.Dropout(0.1);

        public Recurrent(int width) : base(nameof(Recurrent))
        {
            gru = nn.GRU(width, width, batchFirst: true);
            RegisterComponents();
        }

        public override Tensor forward(Tensor items) => gru.call(drop.forward(items)).Item1.narrow(1, items.shape[1] - 1, 1);
    }

    /// <summary>One layer, of which the last position's query alone is computed, as in the backbone.</summary>
    private sealed class Attentive : BareHistory
    {
        private readonly Embedding positions;
        private readonly LayerNorm before, between, after;
        private readonly Linear query, keyValue, inner, outer;
        private readonly Dropout drop = nn.Dropout(0.1);

        public Attentive(int width, int length) : base(nameof(Attentive))
        {
            positions = nn.Embedding(length, width);
            (before, between, after) = (nn.LayerNorm(width), nn.LayerNorm(width), nn.LayerNorm(width));
            (query, keyValue, inner, outer) = (nn.Linear(width, width), nn.Linear(width, 2 * width), nn.Linear(width, width), nn.Linear(width, width));
            RegisterComponents();
        }

        public override Tensor forward(Tensor items)
        {
            long last = items.shape[1] - 1;
            var x = drop.forward(items * Math.Sqrt(items.shape[2]) + positions.weight!);
            var normed = before.forward(x);
            var parts = keyValue.forward(normed).chunk(2, 2);
            var attended = nn.functional.scaled_dot_product_attention(query.forward(normed.narrow(1, last, 1)), parts[0], parts[1]);
            var state = x.narrow(1, last, 1) + drop.forward(attended);
            return after.forward(state + drop.forward(outer.forward(drop.forward(inner.forward(between.forward(state)).relu()))));
        }
    }

    private sealed class Capsules : BareHistory
    {
        private readonly Linear bilinear;
        private readonly Tensor routing;

        public Capsules(int width, int length) : base(nameof(Capsules))
        {
            (bilinear, routing) = (nn.Linear(width, width, hasBias: false), randn(3, length));
            RegisterComponents();
        }

        public override Tensor forward(Tensor items)
        {
            var e = bilinear.forward(items);                                            // [B, L, D]
            var (constant, logits) = (e.detach(), routing.unsqueeze(0));
            for (int iteration = 1; iteration < 3; iteration++)
                logits = logits + Squash(logits.softmax(1).expand(e.shape[0], -1, -1).bmm(constant)).bmm(constant.transpose(1, 2));
            return Squash(logits.softmax(1).bmm(e));
        }

        private static Tensor Squash(Tensor z)
        {
            var square = (z * z).sum(-1, keepdim: true);
            return z * (square / ((square + 1) * (square + 1e-9).sqrt()));
        }
    }
}
