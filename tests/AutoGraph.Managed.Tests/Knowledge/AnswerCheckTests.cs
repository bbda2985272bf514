using AutoGraph.Semantics.Knowledge;
using Microsoft.Extensions.AI;
using Xunit;

namespace AutoGraph.Managed.Tests.Knowledge;

public class AnswerCheckTests
{
    [Theory]
    [InlineData("I'm sorry, but I can't assist with that request.")]
    [InlineData("I’m very sorry, however I am unable to write about this title.")]
    [InlineData("I cannot provide information on that.")]
    [InlineData("Sorry, but I can't help with this.")]
    [InlineData("As an AI language model, I cannot have opinions on films.")]
    public void Problem_RefusalInWords_IsRefused(string text) =>
        Assert.Equal(KnowledgeFailureKind.Refused, AnswerCheck.Problem(FakeChatClient.Say(text))?.Kind);

    [Theory]
    [InlineData("\"I Can't Help Myself\" is a documentary about Motown.")]
    [InlineData("Sorry, Wrong Number (1948) is a noir in which an invalid cannot reach the police.")]
    [InlineData("I, Robot is a science fiction film; the robots cannot harm people.")]
    [InlineData("As an adaptation it cannot match the novel.")]
    public void Problem_AnswerThatLooksAlike_IsKept(string text) => Assert.Null(AnswerCheck.Problem(FakeChatClient.Say(text)));

    [Fact]
    public void Problem_RefusalContent_IsRefused()
    {
        var response = new ChatResponse(new ChatMessage(ChatRole.Assistant, [new ErrorContent("not allowed") { ErrorCode = "Refusal" }]));
        var problem = AnswerCheck.Problem(response);
        Assert.Equal(KnowledgeFailureKind.Refused, problem?.Kind);
        Assert.Contains("not allowed", problem!.Value.Reason, StringComparison.Ordinal);
    }
}
