using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using AutoGraph.Experiments;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

/// <summary>Help and parser agree.</summary>
public sealed class CommandLineTests
{
    public static TheoryData<string> Commands => [.. AllCommands.Create().Subcommands.Select(command => command.Name)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Parse_EveryValueThatHelpNames_IsTaken(string name)
    {
        var root = AllCommands.Create();
        foreach (var option in root.Subcommands.Single(command => command.Name == name).Options.Where(option => option is not System.CommandLine.Help.HelpOption))
            foreach (var value in option.GetCompletions(CompletionContext.Empty))
                Assert.Empty(root.Parse([name, option.Name, value.Label]).GetResult(option)!.Errors.Select(error => $"{option.Name} {value.Label}: {error.Message}"));
    }

    [Theory]
    [InlineData("run", "--user-text", "Mean")]
    [InlineData("run", "--user-text", "LLM")]
    [InlineData("run", "--backbone", "Gru4Rec")]
    [InlineData("run", "--enhance", "AutoGraph+KAR")]
    [InlineData("run", "--enhance", "None")]
    [InlineData("cold", "--enhance", "LightGcn")]
    [InlineData("figure6", "--terms", "Tags")]
    public void Parse_AnyCase_IsTaken(string command, string option, string value) => Assert.Empty(ErrorsOf(command, option, value));

    [Theory]
    [InlineData("run", "--enhance", "frozenvectors")]
    [InlineData("cold", "--enhance", "autograph+")]
    [InlineData("run", "--user-text", "mean,llm")]
    [InlineData("run", "--loss", "0")]
    public void Parse_UnknownName_NamesThoseThatAreKnown(string command, string option, string value)
    {
        string error = Assert.Single(ErrorsOf(command, option, value));
        Assert.StartsWith($"{option}: ", error, StringComparison.Ordinal);
        Assert.Contains("xpected ", error, StringComparison.Ordinal);
        Assert.Contains($"found '{value}'", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("codes")]
    [InlineData("drift")]
    [InlineData("run")]
    [InlineData("figure3")]
    public void Parse_UnknownQuantizer_IsRefusedWithThoseThatAreKnown(string command) =>
        Assert.Contains("residual-kmeans", Assert.Single(ErrorsOf(command, "--quantizer", "kmeans")), StringComparison.Ordinal);

    [Fact]
    public async Task Help_OptionsWithNames_ShowThemAsTheyAreGiven()
    {
        Assert.Contains("--user-text <llm|mean|template>", await HelpAsync("run"), StringComparison.Ordinal);
        string cold = await HelpAsync("cold");
        Assert.DoesNotContain("FrozenVectors", cold, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("topoi2i", cold, StringComparison.Ordinal);

        static async Task<string> HelpAsync(string command)
        {
            var output = new StringWriter();
            await AllCommands.Create().Parse([command, "--help"]).InvokeAsync(new InvocationConfiguration { Output = output });
            return output.ToString();
        }
    }

    [Theory]
    [InlineData(0, "1")]
    [InlineData(0, "2", "2")]
    [InlineData(1, "1", "2")]
    public void Parse_SeedsOfTable3_AreOne(int errors, params string[] seeds)
    {
        string[] found = [.. AllCommands.Create().Parse(["table3", "--seeds", .. seeds]).Errors.Select(error => error.Message)];
        Assert.Equal(errors, found.Length);
        Assert.All(found, error => Assert.Contains("table3 measures one seed, found 2. Give the command once for each", error, StringComparison.Ordinal));
        Assert.Empty(AllCommands.Create().Parse(["table2", "--seeds", .. seeds]).Errors);
    }

    [Fact]
    public void Parse_MethodInAnyCase_IsOfTheSameNameAndFile()
    {
        Assert.Equal("autograph+kar:no-ui", TableMethod.Parse("AutoGraph+Kar:No-UI").Name);
        Assert.Equal(Backbone.Gru4Rec, TablePlan.BackboneOf("GRU4Rec"));
        var plan = FakeRuns.Plan(".", "table2", ["none", "None", "kar"], [1], "mind", "Mind");
        Assert.Equal(["mind none 1", "mind kar 1"], plan.Runs.Select(run => $"{RunCommand.Name(run.Backbone)} {run.Method.Name} {run.Seed}"));
    }

    private static IEnumerable<string> ErrorsOf(string command, string option, string value)
    {
        var root = AllCommands.Create();
        var found = root.Subcommands.Single(one => one.Name == command).Options.Single(one => one.Name == option);
        return [.. root.Parse([command, option, value]).GetResult(found)!.Errors.Select(error => error.Message)];
    }
}
