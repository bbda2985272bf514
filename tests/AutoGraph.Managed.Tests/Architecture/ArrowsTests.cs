using System.Text.RegularExpressions;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using Mono.Cecil;
using Xunit;

namespace AutoGraph.Managed.Tests.Architecture;

/// <summary>The direction of dependencies: Core ← Torch, Semantics, Datasets ← AutoGraph; Parquet ← Core; Orleans above the façade and Parquet; Onnx and VectorStores stand alone.</summary>
public sealed partial class ArrowsTests
{
    private const string Core = "AutoGraph.Core", Torch = "AutoGraph.Torch", Semantics = "AutoGraph.Semantics", Datasets = "AutoGraph.Datasets", Onnx = "AutoGraph.Onnx", Facade = "AutoGraph",
        Parquet = "AutoGraph.Parquet", VectorStores = "AutoGraph.VectorStores", Cluster = "AutoGraph.Orleans";

    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> Allowed = new()
    {
        [Core] = ([], ["MathNet.Numerics", "System.Numerics.Tensors"]),
        [Torch] = ([Core], ["TorchSharp"]),
        [Semantics] = ([Core], ["MathNet.Numerics", "Microsoft.Data.Sqlite", "Microsoft.Extensions.AI", "Microsoft.Extensions.AI.Abstractions", "Microsoft.ML.Tokenizers", "Microsoft.ML.Tokenizers.Data.O200kBase", "Polly.Core", "System.ClientModel"]),
        [Datasets] = ([Core], ["CsvHelper"]),
        [Onnx] = ([], ["Microsoft.Extensions.AI.Abstractions", "Microsoft.ML.OnnxRuntime.Managed", "Microsoft.ML.Tokenizers"]),
        [Parquet] = ([Core], ["Microsoft.ML", "Parquet.Net"]),
        [VectorStores] = ([], ["Microsoft.Extensions.VectorData.Abstractions", "Microsoft.ML"]),
        [Facade] = ([Core, Datasets, Semantics, Torch], ["Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.ML", "OnnxSharp", "System.IO.Hashing"]),
        [Cluster] = ([Facade, Core, Parquet, Semantics], ["Microsoft.Extensions.Diagnostics.HealthChecks.Abstractions", "Microsoft.Orleans.Client", "Microsoft.Orleans.Sdk", "Microsoft.Orleans.Server", "System.IO.Hashing"]),
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [GeneratedRegex(@"^\s*(global\s+)?using\s[^;]*\bTorchSharp\b|\bTorchSharp\.torch\b", RegexOptions.Multiline)]
    private static partial Regex NamesTorchSharp();

    [Fact]
    public void Src_Projects_AreThoseOfTheArchitecture() =>
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), SourceProject.Names);

    [Theory, MemberData(nameof(Projects))]
    public void ProjectReferences_OfEachProject_AreExactlyTheArrows(string project) =>
        Assert.Equal(Allowed[project].Projects, new SourceProject(project).Projects);

    [Theory, MemberData(nameof(Projects))]
    public void PackageReferences_OfEachProject_AreAmongTheAllowed(string project) =>
        Assert.Empty(new SourceProject(project).Packages.Except(Allowed[project].Packages));

    [Theory, MemberData(nameof(Projects))]
    public void AssemblyReferences_OfEachAssembly_KeepTheArrows(string project)
    {
        using var assembly = new SourceProject(project).ReadAssembly();
        var ours = assembly.MainModule.AssemblyReferences.Select(r => r.Name).Where(Allowed.ContainsKey);
        Assert.Empty(ours.Except(Allowed[project].Projects));
    }

    [Fact]
    public void Sources_OutsideTheKernelLayer_NeverNameTorchSharp()
    {
        Assert.Contains(new SourceProject(Torch).Sources, file => NamesTorchSharp().IsMatch(File.ReadAllText(file)));   // the pattern finds something
        foreach (string project in Allowed.Keys.Where(name => name != Torch))
            Assert.DoesNotContain(new SourceProject(project).Sources, file => NamesTorchSharp().IsMatch(File.ReadAllText(file)));
    }

    [Theory, InlineData(Core), InlineData(Facade)]
    public void PublicSurface_OfCoreAndFacade_ShowsNoTorchSharpType(string project)
    {
        using var assembly = new SourceProject(project).ReadAssembly();
        Assert.DoesNotContain(PublicSurface.Of(assembly), use => IsTorchSharp(use.Type));
    }

    [Fact]
    public void PublicSurface_OfAnAssemblyThatShowsForeignTypes_FindsThem()
    {
        // The check itself, on this assembly, where the class below shows CsCheck's Gen in every place a signature has.
        using var assembly = AssemblyDefinition.ReadAssembly(typeof(ArrowsTests).Assembly.Location);
        var found = PublicSurface.Of(assembly).Where(use => use.Type.Namespace == "CsCheck" && use.Member.Contains(nameof(ShowsForeignTypes), StringComparison.Ordinal)).Select(use => use.Member).ToArray();
        Assert.All(["Field", "get_Property", "Parameter", "Nested"], name => Assert.Contains(found, member => member.Contains(name, StringComparison.Ordinal)));
        Assert.DoesNotContain(found, member => member.Contains("Hidden", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Projects))]
    public void Folders_OfEachProject_AreCapabilitiesNotKinds(string project)
    {
        string[] kinds = ["Models", "Utils", "Utilities", "Helpers", "Common", "Misc", "Interfaces", "Enums", "Extensions"];
        Assert.Empty(new SourceProject(project).Folders.Intersect(kinds, StringComparer.OrdinalIgnoreCase));
    }

    [Theory, InlineData(Core), InlineData(Semantics), InlineData(Datasets)]
    public void Capabilities_OfAnAssembly_FormNoCycles(string project)
    {
        var architecture = new ArchLoader().LoadAssembly(System.Reflection.Assembly.LoadFrom(new SourceProject(project).AssemblyPath)).Build();
        SliceRuleDefinition.Slices().Matching($"{project}.(*)").Should().BeFreeOfCycles().Check(architecture);
    }

    private static bool IsTorchSharp(TypeReference type) => type.Scope.Name is "TorchSharp" or "TorchSharp.dll" || type.FullName.StartsWith("TorchSharp.", StringComparison.Ordinal);

    /// <summary>Material for the test of the check.</summary>
    public abstract class ShowsForeignTypes
    {
        protected static readonly List<CsCheck.Gen<int>[]> Field = [];
        protected CsCheck.Gen<int>? Property { get; set; }
        public abstract void Parameter(ref CsCheck.Gen<int> gen);
        public sealed class Nested : List<CsCheck.Gen<int>>;
        internal CsCheck.Gen<int>? Hidden() => Property;
    }
}
