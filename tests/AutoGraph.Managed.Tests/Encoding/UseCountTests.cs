using AutoGraph.Onnx;
using Xunit;

namespace AutoGraph.Managed.Tests.Encoders;

public class UseCountTests
{
    [Fact]
    public async Task Close_UsesUnderWay_WaitsForThemAndLetsNoFurtherOneBegin()
    {
        var uses = new UseCount();
        uses.Enter(this);
        uses.Enter(this);               // uses do not wait for each other
        var closing = Task.Run(uses.Close, TestContext.Current.CancellationToken);
        while (!Refuses()) await Task.Yield();
        Assert.False(closing.IsCompleted);
        uses.Leave();
        Assert.False(closing.IsCompleted);
        uses.Leave();
        Assert.True(await closing);
        Assert.False(uses.Close());

        bool Refuses()
        {
            try
            {
                uses.Enter(this);
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
            uses.Leave();
            return false;
        }
    }
}
