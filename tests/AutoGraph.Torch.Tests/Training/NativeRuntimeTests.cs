using AutoGraph.Torch.Training;
using Xunit;

namespace AutoGraph.Torch.Tests.Training;

public class NativeRuntimeTests
{
    [Fact]
    public void Require_WhereTheLibraryIs_DoesNothing() => NativeRuntime.Require();

    [Fact]
    public void Explain_OldRuntime_NamesTheRuntimeNotAPackage()
    {
        string text = NativeRuntime.Explain("Unable to load shared library 'libtorch.so'.\n/lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by libLibTorchSharp.so)\n");
        Assert.Contains("C++ runtime of this system is too old", text, StringComparison.Ordinal);
        Assert.Contains("version `GLIBCXX_3.4.32' not found", text, StringComparison.Ordinal);
        Assert.DoesNotContain("add the package", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_MissingLibrary_NamesThePackages()
    {
        string text = NativeRuntime.Explain("This application or script uses TorchSharp but doesn't contain a reference to libtorch.");
        Assert.Contains("add the package TorchSharp-cpu", text, StringComparison.Ordinal);
        Assert.Contains("TorchSharp-cuda-linux", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_LoaderGoesOnWithAdvice_KeepsItsFirstSentence()
    {
        string text = NativeRuntime.Explain("Unable to load shared library '/app/libLibTorchSharp.so' or one of its dependencies. In order to help diagnose, use strace:\nmore\n");
        Assert.EndsWith("The loader said: Unable to load shared library '/app/libLibTorchSharp.so' or one of its dependencies.", text, StringComparison.Ordinal);
    }
}
