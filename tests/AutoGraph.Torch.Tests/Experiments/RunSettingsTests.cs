using System.Reflection;
using AutoGraph.Datasets;
using AutoGraph.Experiments;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

/// <summary>A kept result is never taken for that of a run with another setting, whichever it is.</summary>
public sealed class RunSettingsTests
{
    private static readonly RunOptions Asked = new() { Dataset = "ml-1m", Enhance = Enhancement.AutoGraph | Enhancement.Kar };

    // where a run reads, writes and tells
    private static readonly string[] Places = [nameof(RunOptions.Data), nameof(RunOptions.DataRoot), nameof(RunOptions.Resume), nameof(RunOptions.Threads), nameof(RunOptions.Json), nameof(RunOptions.Cache), nameof(RunOptions.Display)];

    // a table's runs have it from data set and method, or its command sets it; what vectors are made of is compared where there are any
    private static readonly string[] NotOfTables = [nameof(RunOptions.Dataset), nameof(RunOptions.World), nameof(RunOptions.Without), nameof(RunOptions.ValidationOnly), nameof(RunOptions.ItemsKnowledge), nameof(RunOptions.UsersKnowledge), nameof(RunOptions.Encoder), nameof(RunOptions.UserText)];

    public static TheoryData<string> Settings => [.. typeof(RunOptions).GetProperties().Where(property => property.SetMethod is not null && !Places.Contains(property.Name)).Select(property => property.Name)];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Of_AnotherValueOfASetting_IsAnotherLine(string setting) => Assert.NotEqual(RunSettings.Of(Asked), RunSettings.Of(Changed(setting)));

    [Theory]
    [MemberData(nameof(Settings))]
    public void Differences_AnotherValueOfASetting_AreNamed(string setting)
    {
        var result = FakeRuns.Result(Asked, 1, 2);
        Assert.Empty(ResultSettings.Differences(result, Asked));
        if (NotOfTables.Contains(setting)) return;
        Assert.NotEmpty(ResultSettings.Differences(result, Changed(setting)));
    }

    [Fact]
    public void Differences_VectorsOfAnotherEncoder_AreNamed()
    {
        var (corpus, onnx) = (Asked, Asked with { Encoder = new DirectoryInfo("use-lite") });
        RunResult By(string encoder) => FakeRuns.Result(Asked, 1, 2) with { Semantics = $"items: the data set's own texts; users: template; encoder: {encoder}" };
        Assert.Empty(ResultSettings.Differences(By("autograph:corpus@0123456789ab"), corpus));
        Assert.Empty(ResultSettings.Differences(By("onnx:use-lite@0123456789ab"), onnx));
        Assert.NotEmpty(ResultSettings.Differences(By("autograph:corpus@0123456789ab"), onnx));
        Assert.NotEmpty(ResultSettings.Differences(By("onnx:use-lite@0123456789ab"), corpus));
    }

    private static RunOptions Changed(string setting)
    {
        var (copy, property) = (Asked with { }, typeof(RunOptions).GetProperty(setting)!);
        property.SetValue(copy, Other(property, property.GetValue(copy)));
        return copy;
    }

    private static object Other(PropertyInfo property, object? value) => (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) switch
    {
        var type when type == typeof(bool) => value is not true,
        var type when type == typeof(int) => value is int number ? number + 1 : 7,
        var type when type == typeof(double) => value is double number ? number / 2 + 0.25 : 0.75,
        var type when type == typeof(string) => "another",
        var type when type == typeof(FileInfo) => new FileInfo("another.json"),
        var type when type == typeof(DirectoryInfo) => new DirectoryInfo("another"),
        var type when type == typeof(SampleWorldOptions) => new SampleWorldOptions { Readers = 999 },
        var type when type == typeof(IReadOnlyList<int>) => (int[])[128, 64],
        { IsEnum: true } type => Enum.GetValues(type).Cast<object>().Last(other => !other.Equals(value)),
        var type => throw new NotSupportedException($"Expected a kind of value that the test can change, found {type} of {property.Name}."),
    };

    [Fact]
    public void Differences_ResultWithoutTestRows_IsNoneOfATableThatTests()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none"], [1]);
        var options = plan.OptionsOf(plan.Runs.First());
        var untested = FakeRuns.Result(options, 1) with { Test = null };
        Assert.Contains("test split", Assert.Single(ResultSettings.Differences(untested, options)), StringComparison.Ordinal);
        Assert.Empty(ResultSettings.Differences(untested, options with { ValidationOnly = true }));
        Assert.Empty(ResultSettings.Differences(FakeRuns.Result(options, 1), options with { ValidationOnly = true }));
    }
}
