using AutoGraph.Torch.Kernels;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Kernels;

public sealed class HostMemoryTests
{
    [Fact]
    public void ToArray_TransposedView_RowByRow()
    {
        using var matrix = arange(6).view(2, 3);
        Assert.Equal([0L, 3, 1, 4, 2, 5], HostMemory.ToArray<long>(matrix.t()));
    }

    [Fact]
    public void ToArray_NoElements_Empty()
    {
        using var none = zeros(0, 4);
        Assert.Empty(HostMemory.ToArray<float>(none));
    }

    [Theory, InlineData(3), InlineData(5)]
    public void Copy_OtherNumberOfValues_Throws(int room)
    {
        using var four = zeros(4);
        var thrown = Assert.Throws<ArgumentException>(() => HostMemory.Copy(four, new float[room].AsSpan()));
        Assert.Contains($"room for the 4 values of a tensor of type Float32, found {room}", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToArray_MoreThanTwoGiB_SaysWhatToLower()
    {
        using var large = zeros(70_000, 10_000, device: META);
        Assert.Contains("found [70000, 10000] of Float32, 2.8 GB. Lower", Assert.Throws<ArgumentException>(() => HostMemory.ToArray<float>(large.narrow(0, 0, 70_000))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToArray_OtherType_Throws()
    {
        using var whole = zeros(4, dtype: ScalarType.Int64);
        Assert.Throws<ArgumentException>(() => HostMemory.ToArray<float>(whole));
        using var ofTheSameSize = zeros(4, dtype: ScalarType.Int32);
        Assert.Throws<ArgumentException>(() => HostMemory.ToArray<float>(ofTheSameSize));
    }
}
