using System.Runtime.InteropServices;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Tests.Recommendation;
using AutoGraph.Torch.Training;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Training;

public sealed class DeviceMemoryTests
{
    // More than any address space: the allocator refuses at once, without touching memory.
    private const long TooMuch = 1L << 46;

    [Fact]
    public void IsOut_ErrorOfTheAllocator_IsKnown()
    {
        var error = Assert.ThrowsAny<ExternalException>(() => empty(TooMuch));
        Assert.True(DeviceMemory.IsOut(error));
        Assert.False(DeviceMemory.IsOut(Assert.ThrowsAny<ExternalException>(() => zeros(2, 3).mm(zeros(2, 3)))));
    }

    [Fact]
    public void Out_ErrorOfCuda_NamesTheBatchSizeToTry()
    {
        var error = new CudaError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 8.00 GiB of which 1.00 GiB is free.\nException raised from malloc");
        Assert.Equal(
            "Expected training steps of 4,096 rows to fit into the memory of cpu, found no room (CUDA out of memory. Tried to allocate 2.00 GiB). Try RecommenderOptions.BatchSize = 2048; less HistoryLength shrinks a step as well.",
            DeviceMemory.Out(error, CPU, nameof(RecommenderOptions), 4096, "HistoryLength").Message);
        Assert.Contains("BatchSize = 1;", DeviceMemory.Out(error, CPU, "X", 1, "Y").Message, StringComparison.Ordinal);
    }

    // An enhancement, progress and the like run inside a step: what they cannot allocate is answered as what the step cannot.
    [Fact]
    public void Train_NoRoom_NamesTheBatchSizeToTry()
    {
        var data = ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows));
        var error = Assert.Throws<InvalidOperationException>(() => TwoTowerRecommender.Train(data, ToyWorld.Options with { Progress = new Greedy() }, 1));
        Assert.Contains("RecommenderOptions.BatchSize = 8", error.Message, StringComparison.Ordinal);
        Assert.IsType<ExternalException>(error.InnerException, exactMatch: false);
    }

    [Fact]
    public void Fit_GraphWithoutRoom_NamesTheBatchSizeToTry()
    {
        var options = ToyWorld.GraphOptions with { Training = GraphTraining.Standalone, Progress = new Greedy() };
        var error = Assert.Throws<InvalidOperationException>(() => MetapathGraphModel.Fit(ToyWorld.Graph(ToyWorld.Rows), options, 1));
        Assert.Contains("MetapathGraphOptions.BatchSize = 8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_QuantizerWithoutRoom_NamesTheBatchSizeToTry()
    {
        var vectors = Enumerable.Range(0, 64 * 4).Select(i => MathF.Sin(i)).ToArray();
        var options = new ResidualQuantizerOptions { CodebookSize = 4, Levels = 2, Dimension = 3, BatchSize = 32, Progress = new Greedy() };
        var error = Assert.Throws<InvalidOperationException>(() => ResidualVectorQuantizer.Fit(vectors, 4, options, 1));
        Assert.Contains("ResidualQuantizerOptions.BatchSize = 16", error.Message, StringComparison.Ordinal);
    }

    private sealed class CudaError(string message) : ExternalException(message);

    private sealed class Greedy : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => empty(TooMuch);
    }
}
