using AutoGraph.Torch.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Training;

public sealed class InitializeTests
{
    [Theory]
    [InlineData("normal")]
    [InlineData("glorot")]
    [InlineData("fan in")]
    public void Draw_SameGeneratorSeed_SameBitsWhateverElseIsDrawn(string how)
    {
        using var scope = NewDisposeScope();
        var first = Draw(7);
        using (rand(100)) { }           // another fit in the same process
        Assert.Equal(first, Draw(7));
        Assert.NotEqual(first, Draw(8));

        float[] Draw(ulong seed)
        {
            using var generator = new Generator(seed, CPU);
            var weight = how switch
            {
                "normal" => Initialize.Normal(generator, 0.1, 30, 20),
                "glorot" => Initialize.Glorot(generator, 20, 30, 30, 20),
                _ => Initialize.FanIn(generator, 20, 30, 20),
            };
            return weight.data<float>().ToArray();
        }
    }
}
