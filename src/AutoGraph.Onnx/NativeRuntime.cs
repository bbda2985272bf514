using System.Diagnostics.CodeAnalysis;

namespace AutoGraph.Onnx;

/// <summary>Turns a missing or unfit native ONNX Runtime into one sentence that says what to add.</summary>
internal static class NativeRuntime
{
    public static T Call<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (IsMissing(e, out var cause))
        {
            throw new InvalidOperationException(
                "The native ONNX Runtime is missing, does not load, or lacks the execution provider asked for: add the NuGet package " +
                "Microsoft.ML.OnnxRuntime (CPU) or Microsoft.ML.OnnxRuntime.Gpu (CUDA) to the application, in the version of " +
                $"Microsoft.ML.OnnxRuntime.Managed ({cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ").Trim()})", e);
        }
    }

    private static bool IsMissing(Exception e, [NotNullWhen(true)] out Exception? cause)
    {
        // The first native call happens in a type initializer, so the load error arrives wrapped, sometimes twice.
        for (cause = e; cause is TypeInitializationException { InnerException: { } inner };) cause = inner;
        return e is TypeInitializationException || cause is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException;
    }
}
