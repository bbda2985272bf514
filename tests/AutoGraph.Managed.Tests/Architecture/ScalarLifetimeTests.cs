using Mono.Cecil;
using Xunit;

namespace AutoGraph.Managed.Tests.Architecture;

/// <summary>
/// TorchSharp 0.107 lets a scalar made for a call be collected while native code reads it. So one class makes scalars and
/// keeps them; nowhere else does the kernel layer make one, or call what makes one inside TorchSharp.
/// </summary>
public sealed class ScalarLifetimeTests
{
    /// <summary>Members of TorchSharp that make a scalar for the call, beside the conversions.</summary>
    private static readonly string[] MakeScalars = ["op_Addition", "op_Subtraction", "sub", "sub_", "leaky_relu", "full", "full_like", "arange", "linspace"];

    [Fact]
    public void KernelLayer_OutsideScalars_MakesNoScalar()
    {
        using var assembly = new SourceProject("AutoGraph.Torch").ReadAssembly();
        Assert.Empty(Calls(assembly).Where(call => !call.From.DeclaringType.Name.Equals("Scalars", StringComparison.Ordinal) && MakesScalar(call.To))
            .Select(call => $"{call.From.FullName} calls {call.To.Name}").Distinct());
    }

    [Fact]
    public void MakesScalar_InScalarsItself_FindsThem()
    {
        using var assembly = new SourceProject("AutoGraph.Torch").ReadAssembly();
        Assert.Contains(Calls(assembly), call => call.From is { Name: "Multiply", DeclaringType.Name: "Scalars" } && MakesScalar(call.To));
    }

    private static bool MakesScalar(MethodReference method) =>
        method.DeclaringType.FullName.StartsWith("TorchSharp.", StringComparison.Ordinal)
        && (method.ReturnType.FullName == "TorchSharp.Scalar"
            || method.DeclaringType.FullName.StartsWith("TorchSharp.torch/optim", StringComparison.Ordinal)
            || MakeScalars.Contains(method.Name)
            || method.Name is "add" or "add_" && method.Parameters.Count == 1);

    private static IEnumerable<(MethodDefinition From, MethodReference To)> Calls(AssemblyDefinition assembly) =>
        from type in assembly.MainModule.GetTypes()
        from method in type.Methods
        where method.HasBody
        from instruction in method.Body.Instructions
        where instruction.Operand is MethodReference
        select (method, (MethodReference)instruction.Operand);
}
