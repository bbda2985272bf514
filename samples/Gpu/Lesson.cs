using System.Diagnostics;
using AutoGraph;
using AutoGraph.Datasets;
using Microsoft.ML;

namespace Gpu;

/// <summary>Nothing but the context names the device: quantizer, graph and recommender follow it.</summary>
internal static class Lesson
{
    /// <summary>Prints accuracy and seconds on the GPU and on the CPU; false where the GPU cannot be used.</summary>
    public static bool Run(SampleWorldOptions options, int device, int epochs = 3)
    {
        try
        {
            // first, since it stops at once where there is no GPU
            Train(new MLContext(seed: 1) { GpuDeviceId = device, FallbackToCpu = false }, $"CUDA device {device}", options, epochs);
        }
        catch (InvalidOperationException error)
        {
            Console.WriteLine(error.Message);
            Console.WriteLine("""
                To run on a GPU this program needs an NVIDIA GPU with a driver for CUDA 12, and the CUDA package of TorchSharp in place of the CPU's:
                  dotnet run -c Release --project samples/Gpu -p:AutoGraphBackend=cuda-linux        (or cuda-windows; several gigabytes)
                """);
            return false;
        }
        Train(new MLContext(seed: 1), "CPU", options, epochs);
        return true;
    }

    private static void Train(MLContext mlContext, string name, SampleWorldOptions options, int epochs)
    {
        var autoGraph = mlContext.AutoGraph();
        var data = autoGraph.Data.CreateSampleWorld(options);
        var split = autoGraph.Data.LeaveOneOut(data.Interactions);
        var codes = autoGraph.SemanticVector("Semantics", "Knowledge").Append(autoGraph.ResidualQuantizer("Codes", "Semantics", new() { WarmUpEpochs = epochs, Epochs = epochs }));
        var clock = Stopwatch.StartNew();
        var model = autoGraph.MetapathGraph(new SideTable(data.Users, "UserId", codes), new SideTable(data.Items, "ItemId", codes), new() { Training = GraphTraining.Joint })
            .Append(autoGraph.Recommender(new() { Epochs = epochs, LearningRate = 3e-3 }, split.Validation))
            .Fit(split.Train);
        Console.WriteLine($"{name,-14} {clock.Elapsed.TotalSeconds,6:F1} s   {autoGraph.Evaluate(model, split.Test).SeenMasked}");
    }
}
