using AutoGraph.Torch.Recommendation;
using Mono.Cecil;
using TorchSharp;
using Xunit;

namespace AutoGraph.Torch.Tests.Kernels;

/// <summary>
/// TorchSharp 0.107 lets a scalar made for a call be collected while native code reads it. So one class makes scalars and
/// keeps them; nowhere else does the kernel layer make one, or call what makes one inside TorchSharp, however deep.
/// </summary>
public sealed class ScalarLifetimeTests
{
    private const string Scalar = "TorchSharp.Scalar";

    [Fact]
    public void KernelLayer_MakesScalarsInOneClassAloneAndCallsNothingThatMakesSome()
    {
        using var assembly = Read();
        var makers = Makers(assembly);
        Assert.Empty(Calls(assembly.MainModule).Where(call => MakesOne(call.To) ? call.From.DeclaringType.Name != "Scalars" : makers.Contains(call.To.Resolve()?.FullName ?? ""))
            .Select(call => $"{call.From.DeclaringType.Name}.{call.From.Name} calls {call.To.DeclaringType.Name}.{call.To.Name}").Distinct());
    }

    [Theory]
    [InlineData("TorchSharp.torch/Tensor TorchSharp.torch/Tensor::op_Addition(TorchSharp.torch/Tensor,TorchSharp.torch/Tensor)")]
    [InlineData("TorchSharp.torch/Tensor TorchSharp.torch/Tensor::square()")]
    [InlineData("TorchSharp.torch/Tensor TorchSharp.torch/Tensor::add(TorchSharp.torch/Tensor)")]
    public void Makers_InTorchSharp_AreFound(string method)
    {
        using var assembly = Read();
        Assert.Contains(method, Makers(assembly));
    }

    private static AssemblyDefinition Read()
    {
        var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(torch).Assembly.Location));
        return AssemblyDefinition.ReadAssembly(typeof(TwoTowerRecommender).Assembly.Location, new() { AssemblyResolver = resolver });
    }

    /// <summary>Methods of TorchSharp that make a scalar, or call one that does.</summary>
    private static HashSet<string> Makers(AssemblyDefinition assembly)
    {
        var torch = assembly.MainModule.AssemblyResolver.Resolve(assembly.MainModule.AssemblyReferences.Single(reference => reference.Name == "TorchSharp")).MainModule;
        var calls = Calls(torch).Where(call => call.From.DeclaringType.FullName != Scalar && !call.From.DeclaringType.FullName.StartsWith(Scalar + "Extension", StringComparison.Ordinal)).ToArray();
        var makers = calls.Where(call => MakesOne(call.To)).Select(call => call.From.FullName).ToHashSet(StringComparer.Ordinal);
        var callers = calls.Where(call => call.To.DeclaringType.Scope == torch || call.To.DeclaringType.Scope.Name == torch.Name).ToLookup(call => call.To.Resolve()?.FullName ?? "", call => call.From.FullName);
        var open = new Queue<string>(makers);
        while (open.TryDequeue(out string? maker))
            foreach (string caller in callers[maker])
                if (makers.Add(caller)) open.Enqueue(caller);
        return makers;
    }

    // a conversion, or a constructor
    private static bool MakesOne(MethodReference method) => method.ReturnType.FullName == Scalar || method is { Name: ".ctor", DeclaringType.FullName: Scalar };

    private static IEnumerable<(MethodDefinition From, MethodReference To)> Calls(ModuleDefinition module) =>
        from type in module.GetTypes()
        from method in type.Methods
        where method.HasBody
        from instruction in method.Body.Instructions
        where instruction.Operand is MethodReference
        select (method, (MethodReference)instruction.Operand);
}
