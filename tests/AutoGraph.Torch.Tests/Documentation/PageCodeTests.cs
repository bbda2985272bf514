using AutoGraph.TestKit;
using Documentation;
using Xunit;

namespace AutoGraph.Torch.Tests.Documentation;

/// <summary>The C# blocks of the pages, compiled by PageCode.targets from the text as it stands, run on a small world.</summary>
[Collection(nameof(Sequential))]   // the working folder and the console belong to the whole process
public sealed class PageCodeTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    /// <summary>All but those of README.md, which have tests of their own.</summary>
    public static TheoryData<string, int> Blocks() => new(Pages.Blocks.Where(block => block.Page != "README.md" && block.Run is not null).Select(block => new TheoryDataRow<string, int>(block.Page, block.Line)));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Block_AsThePageHasIt_RunsToItsEnd(string page, int line)
    {
        using var folder = new TempFolder();
        var block = Pages.Blocks.Single(block => (block.Page, block.Line) == (page, line));
        string printed = fixture.Run(folder, block.Run!);
        bool prints = File.ReadLines(Path.Combine(Repository.Root, page)).Skip(line).TakeWhile(text => text != "```").Any(text => text.Contains("Console.WriteLine", StringComparison.Ordinal));
        Assert.True(!prints || printed.Length > 0, $"The block at {page}:{line} prints nothing.");
    }

    [Fact]
    public void Blocks_OfTheRepository_AreFoundOnReadmeAndHowToPages()
    {
        Assert.Equal(3, Pages.Blocks.Count(block => block.Page == "README.md"));
        Assert.All(Directory.GetFiles(Path.Combine(Repository.Root, "docs", "how-to")), file =>
            Assert.Contains(Pages.Blocks, block => block.Page == $"docs/how-to/{Path.GetFileName(file)}"));
    }
}
