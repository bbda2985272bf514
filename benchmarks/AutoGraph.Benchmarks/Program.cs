// knowledge               2,000 rows against a loopback server of 200 ms, 32 calls at a time: time over the ideal
// encoder [FOLDER]        texts a second of an ONNX encoder (default: shared/models/use-lite)
// anything else           BenchmarkDotNet, such as --filter *TrainingStep*
using AutoGraph.Benchmarks;
using BenchmarkDotNet.Running;

switch (args)
{
    case ["knowledge"]: return await KnowledgeThroughput.RunAsync();
    case ["encoder", .. var folder]: return await EncoderThroughput.RunAsync(folder.FirstOrDefault());
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}
