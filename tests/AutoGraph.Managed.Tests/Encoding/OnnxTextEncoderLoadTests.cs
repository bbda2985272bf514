using AutoGraph.Onnx;
using Microsoft.Extensions.AI;
using Xunit;

namespace AutoGraph.Managed.Tests.Encoders;

public class OnnxTextEncoderLoadTests
{
    [Fact]
    public void Load_NoFolder_NamesIt() =>
        Assert.Contains("no-such-folder", Assert.Throws<DirectoryNotFoundException>(() => OnnxTextEncoder.Load("no-such-folder")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("tiny.onnx", "*.onnx")]
    [InlineData("tiny.spm.model", "SentencePiece")]
    public void Load_FileMissing_SaysWhich(string file, string expected)
    {
        using var files = TinyEncoder.Create();
        File.Delete(Path.Combine(files.Folder, file));
        Assert.Contains(expected, Assert.Throws<FileNotFoundException>(() => OnnxTextEncoder.Load(files.Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TwoModels_ListsBoth()
    {
        using var files = TinyEncoder.Create();
        File.WriteAllText(Path.Combine(files.Folder, "other.onnx"), "");
        var error = Assert.Throws<InvalidDataException>(() => OnnxTextEncoder.Load(files.Folder));
        Assert.Contains("other.onnx, tiny.onnx", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tiny.onnx")]
    [InlineData("tiny.spm.model")]
    public void Load_ForeignBytes_NamesTheFile(string file)
    {
        using var files = TinyEncoder.Create();
        File.WriteAllText(Path.Combine(files.Folder, file), "this is neither protobuf nor a model");
        Assert.Contains(file, Assert.Throws<InvalidDataException>(() => OnnxTextEncoder.Load(files.Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ModelWithOtherInputs_ListsWhatItHas()
    {
        using var files = TinyEncoder.Create(input: "pixels");
        var error = Assert.Throws<InvalidDataException>(() => OnnxTextEncoder.Load(files.Folder));
        Assert.Contains("input_ids", error.Message, StringComparison.Ordinal);
        Assert.Contains("found pixels (Int64 [-1, -1])", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logits")]
    [InlineData("sentence_embedding")] // the right name, but three axes
    public void Load_ModelWithOtherOutputs_ListsWhatItHas(string output)
    {
        using var files = TinyEncoder.Create(output);
        var error = Assert.Throws<InvalidDataException>(() => OnnxTextEncoder.Load(files.Folder));
        Assert.Contains($"found {output} (Single [-1, -1, 2])", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BadOptions_ListsAllOfThem()
    {
        var error = Assert.Throws<ArgumentException>(() => OnnxTextEncoder.Load("anything", new() { MaxTokens = 0, BatchSize = -1, Pooling = (TokenPooling)9 }));
        Assert.Contains("MaxTokens of 1 or more, found 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("BatchSize of 1 or more, found -1", error.Message, StringComparison.Ordinal);
        Assert.Contains("found 9", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<Exception> LoadFaults() =>
    [
        new DllNotFoundException("libonnxruntime.so"),
        new EntryPointNotFoundException("OrtSessionOptionsAppendExecutionProvider_CUDA"),
        new TypeInitializationException("NativeMethods", new TypeInitializationException("Inner", new DllNotFoundException("onnxruntime"))),
    ];

    [Theory, MemberData(nameof(LoadFaults), DisableDiscoveryEnumeration = true)]
    public void Call_NativeLibraryMissing_NamesThePackages(Exception fault)
    {
        var error = Assert.Throws<InvalidOperationException>(() => NativeRuntime.Call<int>(() => throw fault));
        Assert.Contains("Microsoft.ML.OnnxRuntime (CPU) or Microsoft.ML.OnnxRuntime.Gpu", error.Message, StringComparison.Ordinal);
        Assert.Same(fault, error.InnerException);
        Assert.Throws<FormatException>(() => NativeRuntime.Call<int>(() => throw new FormatException()));
    }

    // The native package of these tests is that for the CPU: CUDA is never there.
    [Fact]
    public void Load_GpuThatIsNotThere_SaysWhatToReference()
    {
        using var files = TinyEncoder.Create();
        var error = Assert.Throws<InvalidOperationException>(() => OnnxTextEncoder.Load(files.Folder, new() { GpuDeviceId = 0 }));
        Assert.Contains("CUDA device 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu", error.Message, StringComparison.Ordinal);
        Assert.Contains("FallbackToCpu", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Load_DamagedModelForTheGpu_NamesTheFile(bool fallback)
    {
        using var files = TinyEncoder.Create();
        File.WriteAllText(Path.Combine(files.Folder, "tiny.onnx"), "this is no model");
        var error = Assert.Throws<InvalidDataException>(() => OnnxTextEncoder.Load(files.Folder, new() { GpuDeviceId = 0, FallbackToCpu = fallback }));
        Assert.Contains("tiny.onnx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_GpuAndNoNativeLibrary_NamesThePackages()
    {
        using var files = TinyEncoder.Create();
        var missing = new TypeInitializationException("NativeMethods", new DllNotFoundException("onnxruntime"));
        var error = Assert.Throws<InvalidOperationException>(() => OnnxTextEncoder.Load(files.Folder, new() { GpuDeviceId = 0, ConfigureSession = _ => throw missing }));
        Assert.Contains("The native ONNX Runtime is missing", error.Message, StringComparison.Ordinal);
        Assert.Same(missing, error.InnerException);
    }

    [Theory]
    [InlineData("[ErrorCode:RuntimeException] bfc_arena.cc:376 AllocateRawInternal Failed to allocate memory for requested buffer of size 8589934592", "lower OnnxTextEncoderOptions.BatchSize")]
    [InlineData("[ErrorCode:RuntimeException] CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED", "lower OnnxTextEncoderOptions.BatchSize")]
    [InlineData("[ErrorCode:RuntimeException] CUDA failure 2: out of memory", "lower OnnxTextEncoderOptions.BatchSize")]
    [InlineData("[ErrorCode:InvalidArgument] indices element out of data bounds, idx=512 must be within the inclusive range [-512,511]", "window shorter than MaxTokens")]
    public void RunFault_MessageOfTheRuntime_TellsMemoryFromWindow(string message, string advice)
    {
        var cause = new FormatException(message);
        var error = EncoderSession.RunFault("model.onnx", 32, 512, cause);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
        Assert.Contains("32 × 512 tokens", error.Message, StringComparison.Ordinal);
        Assert.Same(cause, error.InnerException);
    }

    [Fact]
    public async Task Load_PoolingThatThereIsNot_IsRefusedOnlyWhereItWouldBeUsed()
    {
        using var files = TinyEncoder.Create();
        files.Write("1_Pooling/config.json", """{"pooling_mode_max_tokens": true, "pooling_mode_mean_tokens": false}"""u8.ToArray());
        var error = Assert.Throws<InvalidDataException>(() => OnnxTextEncoder.Load(files.Folder));
        Assert.Contains(Path.Combine("1_Pooling", "config.json"), error.Message, StringComparison.Ordinal);
        Assert.Contains("set OnnxTextEncoderOptions.Pooling", error.Message, StringComparison.Ordinal);
        using var encoder = OnnxTextEncoder.Load(files.Folder, new() { Pooling = TokenPooling.Cls });
        float[] first = (await encoder.GenerateAsync(["a b"], cancellationToken: TestContext.Current.CancellationToken))[0].Vector.ToArray();
        Assert.Equal([1, 0], first);

        using var pooled = TinyEncoder.CreateUnmasked();    // its model pools by itself
        pooled.Write("1_Pooling/config.json", """{"pooling_mode_max_tokens": true}"""u8.ToArray());
        OnnxTextEncoder.Load(pooled.Folder).Dispose();
    }

    [Fact]
    public async Task Load_GpuThatIsNotThereWithFallback_SaysSoAndGivesTheSameVectors()
    {
        using var files = TinyEncoder.Create();
        var log = new List<string>();
        using var onCpu = OnnxTextEncoder.Load(files.Folder);
        using var fallen = OnnxTextEncoder.Load(files.Folder, new() { GpuDeviceId = 0, FallbackToCpu = true, Log = log.Add });
        Assert.Contains("runs on the CPU", Assert.Single(log), StringComparison.Ordinal);
        Assert.Equal(onCpu.ModelId, fallen.ModelId);
        Assert.Equal((await onCpu.GenerateAsync(["a tale of the sea"], cancellationToken: TestContext.Current.CancellationToken))[0].Vector.ToArray(),
            (await fallen.GenerateAsync(["a tale of the sea"], cancellationToken: TestContext.Current.CancellationToken))[0].Vector.ToArray());
    }

    [Fact]
    public void Load_NegativeGpu_Throws() =>
        Assert.Contains("GpuDeviceId", Assert.Throws<ArgumentException>(() => OnnxTextEncoder.Load("any", new() { GpuDeviceId = -1 })).Message, StringComparison.Ordinal);
}
