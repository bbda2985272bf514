using AutoGraph.Core.Interpretation;
using AutoGraph.Managed.Tests.Knowledge;
using AutoGraph.Semantics.Interpretation;
using AutoGraph.Semantics.Knowledge;
using Xunit;

namespace AutoGraph.Managed.Tests.Interpretation;

public sealed class FactorNamingTests
{
    private static readonly FactorProfile Boxing = new("item", 0, 7, 12, [new("Rocky", 0.5), new("Rocky II", 0.6)], [new("boxer", 5, 2, 8.3), new("underdog", 4, 2, 8)]);
    private static readonly FactorProfile Space = new("item", 1, 3, 9, [new("Alien", 0.2)], []);

    [Fact]
    public void Requests_AFactor_ShowItsRowsAndTerms()
    {
        var request = Assert.Single(FactorNaming.Requests([Boxing]));
        Assert.Equal("item 0/7", request.Id);
        Assert.Contains("1. Rocky\n2. Rocky II\n", request.Prompt, StringComparison.Ordinal);
        Assert.Contains("first: boxer, underdog\n", request.Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NameAsync_TwoFactors_AreNamedOnceAndThenFromTheStore()
    {
        using var client = new FakeChatClient((prompt, _) => FakeChatClient.Say(prompt.Contains("Rocky", StringComparison.Ordinal) ? "\n**\"Boxing underdogs\"**\nBecause they box." : "Monsters in space."));
        using var store = new InMemoryKnowledgeStore();
        for (int time = 0; time < 2; time++)
        {
            var named = await FactorNaming.NameAsync([Boxing, Space], client, store, cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal(["Boxing underdogs", "Monsters in space"], named.Factors.Select(factor => factor.Name));
            Assert.Equal((2, time == 0 ? 2 : 0), (client.Calls, named.Report.Asked));
        }
    }

    [Fact]
    public async Task NameAsync_ACallThatFails_LeavesTheOtherNamesAndIsReported()
    {
        using var client = new FakeChatClient((prompt, _) => prompt.Contains("Alien", StringComparison.Ordinal) ? throw new InvalidOperationException("no") : FakeChatClient.Say("Boxing"));
        using var store = new InMemoryKnowledgeStore();
        var named = await FactorNaming.NameAsync([Boxing, Space with { Name = "Before" }], client, store, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["Boxing", "Before"], named.Factors.Select(factor => factor.Name));
        Assert.Equal("item 1/3", Assert.Single(named.Report.Failures).Id);
    }

    [Fact]
    public async Task NameAsync_ASentenceOrNothingReadable_IsCutOrLeftOut()
    {
        using var client = new FakeChatClient((prompt, _) => FakeChatClient.Say(prompt.Contains("Alien", StringComparison.Ordinal) ? "***" : new string('x', 200)));
        using var store = new InMemoryKnowledgeStore();
        var named = await FactorNaming.NameAsync([Boxing, Space], client, store, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(new string('x', 80) + "…", named.Factors[0].Name);
        Assert.Null(named.Factors[1].Name);
    }
}
