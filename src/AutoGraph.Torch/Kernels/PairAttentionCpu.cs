using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// The passes of <see cref="PairAttention"/>; all tensors contiguous and Float64. "Upper" are the pairs whose logit is not negative, where
/// LeakyReLU has slope 1, "lower" the others. m_t is the largest logit of a target, M the largest s of a group.
/// </summary>
internal static unsafe class PairAttentionCpu
{
    private const double Slope = SegmentAttention.NegativeSlope;

    /// <summary>
    /// Adds outputs [N, H·C], the shares of upper pairs in them and in the weights, Σ₊ α_tj (source_j, 1), [N, H, C + 1], and the totals
    /// Σ exp(x_tj − m_t), [H, N], to tensors of zeros.
    /// </summary>
    public static void Forward(Tensor source, PairOrder[] orders, MemberGroups groups, Tensor output, Tensor upper, Tensor totals)
    {
        int members = groups.MemberCount, width = (int)source.shape[1], channels = width / orders.Length;
        double* src = Lanes.Pointer<double>(source), result = Lanes.Pointer<double>(output), high = Lanes.Pointer<double>(upper), total = Lanes.Pointer<double>(totals);
        for (int head = 0; head < orders.Length; head++)
        {
            var (h, order) = (head, orders[head]);
            var largest = LargestLogits(order, groups);
            foreach (var grouping in groups.Groupings)
            {
                int[] bySource = grouping.Place(order.BySource), byThreshold = grouping.Place(order.ByThreshold);
                CpuLoop.Run(grouping.Count, (long)members * channels * 4, (from, to) =>
                {
                    for (int group = from; group < to; group++)
                    {
                        var own = grouping.Offsets[group]..grouping.Offsets[group + 1];
                        Sweep(bySource.AsSpan(own), byThreshold.AsSpan(own), grouping.Sign);
                    }
                });
            }
            for (int t = 0; t < members; t++)
            {
                double* out_ = Output(t), share = Upper(t);
                double sum = Total(t) += share[channels];
                for (int c = 0; c < channels; c++) out_[c] = (out_[c] + share[c]) / sum;
                for (int c = 0; c <= channels; c++) share[c] /= sum;
            }

            void Sweep(ReadOnlySpan<int> bySource, ReadOnlySpan<int> byThreshold, int sign)
            {
                double* sum = stackalloc double[channels + 1];
                double shift = order.Source[bySource[^1]];
                int next = bySource.Length - 1;
                for (int k = byThreshold.Length - 1; k >= 0; k--)           // the higher the threshold, the fewer sources reach it
                {
                    int t = byThreshold[k];
                    for (; next >= 0 && order.Source[bySource[next]] >= order.Threshold[t]; next--) Add(sum, bySource[next], Math.Exp(order.Source[bySource[next]] - shift));
                    if (next == bySource.Length - 1) continue;
                    Lanes.AddScaled(Upper(t), sign * Math.Exp(shift - order.Threshold[t] - largest[t]), sum, channels + 1);
                }
                new Span<double>(sum, channels + 1).Clear();
                next = 0;
                foreach (int t in byThreshold)
                {
                    for (; next < bySource.Length && order.Source[bySource[next]] < order.Threshold[t]; next++) Add(sum, bySource[next], Math.Exp(Slope * (order.Source[bySource[next]] - shift)));
                    if (next == 0) continue;
                    double scale = sign * Math.Exp(Slope * (shift - order.Threshold[t]) - largest[t]);
                    Lanes.AddScaled(Output(t), scale, sum, channels);
                    Total(t) += scale * sum[channels];
                }
            }

            void Add(double* sum, int j, double weight)
            {
                Lanes.AddScaled(sum, weight, src + (long)j * width + h * channels, channels);
                sum[channels] += weight;
            }

            double* Output(int t) => result + (long)t * width + h * channels;

            double* Upper(int t) => high + ((long)t * orders.Length + h) * (channels + 1);

            ref double Total(int t) => ref total[(long)h * members + t];
        }
    }

    /// <summary>
    /// Adds the gradients of source [N, H·C], source logits [N, H] and target logits [N, H]. With c_t = g_t · out_t:
    /// ∂x_tj = α_tj (g_t · source_j − c_t) times the slope of LeakyReLU, ∂source_j = Σ_t α_tj g_t; sharing a factor is mutual, so that
    /// the sums over t run over the same groups.
    /// </summary>
    public static void Backward(Tensor source, PairOrder[] orders, MemberGroups groups, Tensor output, Tensor upper, Tensor totals, Tensor grad, Tensor gradSource, Tensor gradSourceLogit, Tensor gradTargetLogit)
    {
        int members = groups.MemberCount, heads = orders.Length, width = (int)source.shape[1], channels = width / heads;
        double* src = Lanes.Pointer<double>(source), result = Lanes.Pointer<double>(output), high = Lanes.Pointer<double>(upper), total = Lanes.Pointer<double>(totals), g = Lanes.Pointer<double>(grad);
        double* dSource = Lanes.Pointer<double>(gradSource), dSourceLogit = Lanes.Pointer<double>(gradSourceLogit), dTargetLogit = Lanes.Pointer<double>(gradTargetLogit);
        for (int head = 0; head < heads; head++)
        {
            var (h, order) = (head, orders[head]);
            var (largest, mean) = (LargestLogits(order, groups), new double[members]);      // mean: c_t
            for (int t = 0; t < members; t++)
            {
                long place = (long)t * width + h * channels;
                double* share = high + ((long)t * heads + h) * (channels + 1);
                mean[t] = Lanes.Dot(g + place, result + place, channels);
                // Σ_j α_tj (g·source_j − c) = 0, so the lower pairs' part is the negative of the upper pairs'
                dTargetLogit[(long)t * heads + h] = (1 - Slope) * (Lanes.Dot(g + place, share, channels) - share[channels] * mean[t]);
            }
            foreach (var grouping in groups.Groupings)
            {
                int[] bySource = grouping.Place(order.BySource), byThreshold = grouping.Place(order.ByThreshold);
                CpuLoop.Run(grouping.Count, (long)members * channels * 6, (from, to) =>
                {
                    for (int group = from; group < to; group++)
                    {
                        var own = grouping.Offsets[group]..grouping.Offsets[group + 1];
                        Sweep(bySource.AsSpan(own), byThreshold.AsSpan(own), grouping.Sign);
                    }
                });
            }

            void Sweep(ReadOnlySpan<int> bySource, ReadOnlySpan<int> byThreshold, int sign)
            {
                double* sum = stackalloc double[channels + 1];
                double shift = order.Source[bySource[^1]];
                int next = 0;
                foreach (int j in bySource)
                {
                    for (; next < byThreshold.Length && order.Threshold[byThreshold[next]] <= order.Source[j]; next++)
                        Add(sum, byThreshold[next], Math.Exp(shift - order.Threshold[byThreshold[next]] - largest[byThreshold[next]]));
                    if (next > 0) Give(sum, j, sign * Math.Exp(order.Source[j] - shift), 1);
                }
                new Span<double>(sum, channels + 1).Clear();
                next = byThreshold.Length - 1;
                for (int k = bySource.Length - 1; k >= 0; k--)
                {
                    int j = bySource[k];
                    for (; next >= 0 && order.Threshold[byThreshold[next]] > order.Source[j]; next--)
                        Add(sum, byThreshold[next], Math.Exp(Slope * (shift - order.Threshold[byThreshold[next]]) - largest[byThreshold[next]]));
                    if (next < byThreshold.Length - 1) Give(sum, j, sign * Math.Exp(Slope * (order.Source[j] - shift)), Slope);
                }
            }

            void Add(double* sum, int t, double weight)
            {
                weight /= total[(long)h * members + t];
                Lanes.AddScaled(sum, weight, g + (long)t * width + h * channels, channels);
                sum[channels] += weight * mean[t];
            }

            void Give(double* sum, int j, double scale, double slope)
            {
                long place = (long)j * width + h * channels;
                Lanes.AddScaled(dSource + place, scale, sum, channels);
                dSourceLogit[(long)j * heads + h] += scale * slope * (Lanes.Dot(src + place, sum, channels) - sum[channels]);
            }
        }
    }

    /// <summary>[N] m_t: LeakyReLU(p_t + the largest s of the members who share a factor with t).</summary>
    private static double[] LargestLogits(PairOrder order, MemberGroups groups)
    {
        var largest = new double[groups.MemberCount];
        Array.Fill(largest, double.NegativeInfinity);
        foreach (var grouping in groups.Groupings.Where(grouping => grouping.Levels == 1))
        {
            var ofGroup = new double[grouping.Count];
            foreach (int member in order.BySource) ofGroup[grouping.GroupOf[member]] = order.Source[member];      // the last is the largest
            for (int t = 0; t < largest.Length; t++)
            {
                double x = ofGroup[grouping.GroupOf[t]] - order.Threshold[t];
                largest[t] = Math.Max(largest[t], Math.Max(x, Slope * x));
            }
        }
        return largest;
    }
}
