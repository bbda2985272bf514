using System.Text.RegularExpressions;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Managed.Tests.Documentation;

/// <summary>The messages that docs/troubleshooting.md quotes are those of the sources.</summary>
public sealed partial class TroubleshootingTests
{
    private static readonly MarkdownPage Page = MarkdownPage.At("docs/troubleshooting.md");

    [Fact]
    public void Messages_ThatThePageQuotes_OccurInTheSources()
    {
        // as people read them: escapes undone, and what stands on two lines joined
        string sources = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(path => Joined().Replace(File.ReadAllText(path), "").Replace("\\\"", "\"", StringComparison.Ordinal)));
        string[] messages = [.. Messages()];
        Assert.True(messages.Length > 40, $"Found {messages.Length} messages: is the page's form still known here?");
        Assert.DoesNotContain(messages, message => !sources.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Messages_OfThePage_AreDistinct() => Assert.Empty(Messages().GroupBy(message => message).Where(same => same.Count() > 1).Select(same => same.Key));

    // the first cells of the tables; messages of other libraries are in italics
    private static IEnumerable<string> Messages() => Page.Prose.Select(line => FirstCell().Match(line.Text)).Where(cell => cell.Success).Select(cell => cell.Groups["message"].Value);

    [GeneratedRegex("^\\| `(?<message>[^`]+)` \\|")]
    private static partial Regex FirstCell();

    [GeneratedRegex("\"\\s*\\+\\s*\\$?\"")]
    private static partial Regex Joined();
}
